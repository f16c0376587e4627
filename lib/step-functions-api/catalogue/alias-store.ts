import * as z from 'zod';
import type { Database } from '#storage/database.ts';

/** A share of the executions that begin by an alias. */
export interface Route {
  readonly version: number;
  /** Percent. */
  readonly weight: number;
}

/** An alias of a machine: a name for one or two of its versions. Times are ms since the Unix epoch. */
export interface StoredAlias {
  readonly machine: string;
  readonly name: string;
  readonly description: string | undefined;
  readonly routing: readonly Route[];
  readonly createdAt: number;
  readonly updatedAt: number;
}

const RoutingSchema = z.array(z.object({ version: z.number(), weight: z.number() }));

const AliasRow = z.object({
  machine: z.string(),
  name: z.string(),
  description: z
    .string()
    .nullable()
    .transform((value) => value ?? undefined),
  routing: z.string().transform((text) => RoutingSchema.parse(JSON.parse(text))),
  createdAt: z.number(),
  updatedAt: z.number(),
});

/** Aliases of machines. Writes are part of the open commit. */
export class AliasStore {
  readonly #statements;

  constructor({ sqlite }: Database) {
    this.#statements = {
      find: sqlite.prepare('SELECT * FROM sfn_aliases WHERE machine = ? AND name = ?'),
      list: sqlite.prepare(
        'SELECT * FROM sfn_aliases WHERE machine = ? AND name > ? ORDER BY name LIMIT ? + 0',
      ),
      put: sqlite.prepare(
        `INSERT OR REPLACE INTO sfn_aliases (machine, name, description, routing, createdAt, updatedAt)
         VALUES (?, ?, ?, ?, ?, ?)`,
      ),
      remove: sqlite.prepare('DELETE FROM sfn_aliases WHERE machine = ? AND name = ?'),
    };
  }

  find(machine: string, name: string): StoredAlias | undefined {
    const row = this.#statements.find.get(machine, name);
    return row === undefined ? undefined : AliasRow.parse(row);
  }

  /** Aliases after one, by name. */
  list(machine: string, after: string, limit: number): StoredAlias[] {
    return this.#statements.list.all(machine, after, limit).map((row) => AliasRow.parse(row));
  }

  put({ machine, name, description, routing, createdAt, updatedAt }: StoredAlias): void {
    this.#statements.put.run(
      ...[machine, name, description ?? null, JSON.stringify(routing), createdAt, updatedAt],
    );
  }

  remove(machine: string, name: string): void {
    this.#statements.remove.run(machine, name);
  }
}
