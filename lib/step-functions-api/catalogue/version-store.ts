import * as z from 'zod';
import type { Database } from '#storage/database.ts';

/** A published version of a machine: a revision under a number. */
export interface StoredVersion {
  readonly machine: string;
  readonly version: number;
  /** Row id. */
  readonly revision: number;
  readonly description: string | undefined;
  /** Milliseconds since the Unix epoch. */
  readonly createdAt: number;
}

const VersionRow = z.object({
  machine: z.string(),
  version: z.number(),
  revision: z.number(),
  description: z
    .string()
    .nullable()
    .transform((value) => value ?? undefined),
  createdAt: z.number(),
});

/** Versions of machines. A number is never given twice. Writes are part of the open commit. */
export class VersionStore {
  readonly #statements;

  constructor({ sqlite }: Database) {
    this.#statements = {
      find: sqlite.prepare('SELECT * FROM sfn_versions WHERE machine = ? AND version = ?'),
      list: sqlite.prepare(
        'SELECT * FROM sfn_versions WHERE machine = ? AND version < ? ORDER BY version DESC LIMIT ? + 0',
      ),
      next: sqlite.prepare(
        'UPDATE sfn_machines SET lastVersion = lastVersion + 1 WHERE name = ? RETURNING lastVersion',
      ),
      add: sqlite.prepare(
        'INSERT INTO sfn_versions (machine, version, revision, description, createdAt) VALUES (?, ?, ?, ?, ?)',
      ),
      remove: sqlite.prepare('DELETE FROM sfn_versions WHERE machine = ? AND version = ?'),
    };
  }

  find(machine: string, version: number): StoredVersion | undefined {
    const row = this.#statements.find.get(machine, version);
    return row === undefined ? undefined : VersionRow.parse(row);
  }

  /** Versions before one, newest first. */
  list(machine: string, before: number, limit: number): StoredVersion[] {
    return this.#statements.list.all(machine, before, limit).map((row) => VersionRow.parse(row));
  }

  /** Publishes a revision under the next number. */
  add(version: Omit<StoredVersion, 'version'>): StoredVersion {
    const { lastVersion } = z
      .object({ lastVersion: z.number() })
      .parse(this.#statements.next.get(version.machine));
    const { machine, revision, description, createdAt } = version;
    this.#statements.add.run(machine, lastVersion, revision, description ?? null, createdAt);
    return { ...version, version: lastVersion };
  }

  remove(machine: string, version: number): void {
    this.#statements.remove.run(machine, version);
  }
}
