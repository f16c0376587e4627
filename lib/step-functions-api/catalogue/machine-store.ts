import * as z from 'zod';
import type { Database } from '#storage/database.ts';

/** A state machine. Times are ms since the Unix epoch. */
export interface StoredMachine {
  readonly name: string;
  /** `engine`: deployed by the product itself, and never changed. */
  readonly owner: 'api' | 'engine';
  readonly type: 'STANDARD' | 'EXPRESS';
  readonly createdAt: number;
  /** Whether it goes away when its executions have ended. */
  readonly deleting: boolean;
  /** Row id of the revision that executions begin with; undefined for a machine of the engine. */
  readonly current: number | undefined;
}

/** What a machine is at one time. */
export interface Revision {
  /** Row id. */
  readonly id: number;
  readonly machine: string;
  /** Undefined for the one that a machine was created with. */
  readonly revisionId: string | undefined;
  readonly type: 'STANDARD' | 'EXPRESS';
  /** As it was sent. */
  readonly definition: string;
  readonly roleArn: string;
  /** JSON text of `loggingConfiguration`. */
  readonly logging: string;
  /** JSON text of `tracingConfiguration`. */
  readonly tracing: string;
  readonly createdAt: number;
}

const MachineRow = z.object({
  name: z.string(),
  owner: z.enum(['api', 'engine']),
  type: z.enum(['STANDARD', 'EXPRESS']),
  createdAt: z.number(),
  deleting: z.number().transform((value) => value === 1),
  current: z.number().nullable().transform(orUndefined),
});

const RevisionRow = z.object({
  id: z.number(),
  machine: z.string(),
  revisionId: z.string().nullable().transform(orUndefined),
  type: z.enum(['STANDARD', 'EXPRESS']),
  definition: z.string(),
  roleArn: z.string(),
  logging: z.string(),
  tracing: z.string(),
  createdAt: z.number(),
});

/** State machines and their revisions. Writes are part of the open commit. */
export class MachineStore {
  readonly #statements;

  constructor({ sqlite }: Database) {
    this.#statements = {
      find: sqlite.prepare('SELECT * FROM sfn_machines WHERE name = ?'),
      list: sqlite.prepare(
        'SELECT * FROM sfn_machines WHERE (createdAt, name) > (?, ?) ORDER BY createdAt, name LIMIT ? + 0',
      ),
      adopt: sqlite.prepare(
        `INSERT OR IGNORE INTO sfn_machines (name, owner, type, createdAt) VALUES (?, 'engine', 'STANDARD', ?)`,
      ),
      add: sqlite.prepare(`INSERT INTO sfn_machines (name, owner, type, createdAt) VALUES (?, 'api', ?, ?)`),
      revise: sqlite.prepare('UPDATE sfn_machines SET current = ? WHERE name = ?'),
      markDeleting: sqlite.prepare('UPDATE sfn_machines SET deleting = 1 WHERE name = ?'),
      remove: [
        'sfn_machines WHERE name = ?',
        'sfn_versions WHERE machine = ?',
        'sfn_aliases WHERE machine = ?',
      ].map((table) => sqlite.prepare(`DELETE FROM ${table}`)),
      addRevision: sqlite.prepare(
        `INSERT INTO sfn_revisions (machine, revisionId, type, definition, roleArn, logging, tracing, createdAt)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      ),
      revision: sqlite.prepare('SELECT * FROM sfn_revisions WHERE id = ?'),
      removeRevision: sqlite.prepare('DELETE FROM sfn_revisions WHERE id = ?'),
      removeRevisionsOf: sqlite.prepare('DELETE FROM sfn_revisions WHERE machine = ?'),
    };
  }

  find(name: string): StoredMachine | undefined {
    const row = this.#statements.find.get(name);
    return row === undefined ? undefined : MachineRow.parse(row);
  }

  /** Machines after a position, oldest first. */
  list(after: { readonly createdAt: number; readonly name: string }, limit: number): StoredMachine[] {
    return this.#statements.list.all(after.createdAt, after.name, limit).map((row) => MachineRow.parse(row));
  }

  /** Notes a machine of the engine, unless it was noted before. */
  adopt(name: string, at: number): void {
    this.#statements.adopt.run(name, at);
  }

  /** Adds a machine with its first revision. */
  add(revision: Omit<Revision, 'id'>): Revision {
    this.#statements.add.run(revision.machine, revision.type, revision.createdAt);
    return this.revise(revision);
  }

  /** Makes a new revision the current one of its machine. */
  revise(revision: Omit<Revision, 'id'>): Revision {
    const added = this.addRevision(revision);
    this.#statements.revise.run(added.id, revision.machine);
    return added;
  }

  /** Adds a revision that no machine has. */
  addRevision(revision: Omit<Revision, 'id'>): Revision {
    const { machine, revisionId, type, definition, roleArn, logging, tracing, createdAt } = revision;
    const { lastInsertRowid } = this.#statements.addRevision.run(
      ...[machine, revisionId ?? null, type, definition, roleArn, logging, tracing, createdAt],
    );
    return { ...revision, id: Number(lastInsertRowid) };
  }

  revision(id: number): Revision | undefined {
    const row = this.#statements.revision.get(id);
    return row === undefined ? undefined : RevisionRow.parse(row);
  }

  removeRevision(id: number): void {
    this.#statements.removeRevision.run(id);
  }

  /** Removes all revisions of a machine that has no executions. */
  removeRevisionsOf(machine: string): void {
    this.#statements.removeRevisionsOf.run(machine);
  }

  markDeleting(name: string): void {
    this.#statements.markDeleting.run(name);
  }

  /** Removes a machine with its versions and aliases; its revisions stay, for its executions. */
  remove(name: string): void {
    for (const statement of this.#statements.remove) statement.run(name);
  }
}

function orUndefined<Value>(value: Value | null): Value | undefined {
  return value ?? undefined;
}
