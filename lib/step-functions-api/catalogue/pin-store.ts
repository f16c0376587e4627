import * as z from 'zod';
import type { ExecutionRef } from '#engine/engine.ts';
import type { Database } from '#storage/database.ts';

/** What an execution runs, and by which version or alias it was started. */
export interface Pin {
  readonly ref: ExecutionRef;
  /** Row id of the revision. */
  readonly revision: number;
  readonly version: number | undefined;
  readonly alias: string | undefined;
  /** Order of the starts. */
  readonly seq: number;
}

/** Executions that were started by a version, or by an alias. */
export type PinnedBy = { readonly version: number } | { readonly alias: string };

const PinRow = z
  .object({
    seq: z.number(),
    machine: z.string(),
    name: z.string(),
    revision: z.number(),
    version: z.number().nullable(),
    alias: z.string().nullable(),
  })
  .transform(
    ({ machine, name, version, alias, ...rest }): Pin => ({
      ...rest,
      ref: { machine, name },
      version: version ?? undefined,
      alias: alias ?? undefined,
    }),
  );

/** Which revision each execution of a machine that changes runs. Writes are part of the open commit. */
export class PinStore {
  readonly #statements;

  constructor({ sqlite }: Database) {
    const ofVersionOrAlias = (column: string) =>
      sqlite.prepare(
        `SELECT * FROM sfn_pins WHERE machine = ? AND ${column} = ? AND seq < ? ORDER BY seq DESC LIMIT ? + 0`,
      );
    this.#statements = {
      find: sqlite.prepare('SELECT * FROM sfn_pins WHERE machine = ? AND name = ?'),
      ofVersion: ofVersionOrAlias('version'),
      ofAlias: ofVersionOrAlias('alias'),
      add: sqlite.prepare(
        'INSERT OR REPLACE INTO sfn_pins (machine, name, revision, version, alias) VALUES (?, ?, ?, ?, ?)',
      ),
    };
  }

  find({ machine, name }: ExecutionRef): Pin | undefined {
    const row = this.#statements.find.get(machine, name);
    return row === undefined ? undefined : PinRow.parse(row);
  }

  /** Executions that were started by a version or alias, newest first, from before a position on. */
  list(machine: string, by: PinnedBy, { before, limit }: { before: number; limit: number }): Pin[] {
    const rows =
      'version' in by
        ? this.#statements.ofVersion.all(machine, by.version, before, limit)
        : this.#statements.ofAlias.all(machine, by.alias, before, limit);
    return rows.map((row) => PinRow.parse(row));
  }

  add({ ref, revision, version, alias }: Omit<Pin, 'seq'>): void {
    this.#statements.add.run(ref.machine, ref.name, revision, version ?? null, alias ?? null);
  }
}
