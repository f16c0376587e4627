import * as z from 'zod';
import type { ExecutionRef } from '#engine/engine.ts';
import type { Database } from '#storage/database.ts';
import { revisionName, TEST_MACHINE } from './revisions.ts';

const RevisionRow = z.object({ id: z.number(), machine: z.string() });

/**
 * Drops what the catalogue keeps for executions that are gone: what they ran, and revisions that nothing names any more,
 * neither a machine nor a version nor an execution.
 */
export class CatalogueRetention {
  readonly #database: Database;
  readonly #statements;

  /** The catalogue must have been opened on the database before. */
  constructor(database: Database) {
    const { sqlite } = database;
    this.#database = database;
    this.#statements = {
      unpin: sqlite.prepare('DELETE FROM sfn_pins WHERE machine = ? AND name = ?'),
      // Of a test, the one who runs it removes its revision: it is there before it is pinned.
      unused: sqlite.prepare(
        `SELECT id, machine FROM sfn_revisions AS each WHERE machine <> ?
       AND NOT EXISTS (SELECT 1 FROM sfn_machines WHERE name = each.machine AND current = each.id)
       AND NOT EXISTS (SELECT 1 FROM sfn_versions WHERE machine = each.machine AND revision = each.id)
       AND NOT EXISTS (SELECT 1 FROM sfn_pins WHERE revision = each.id) LIMIT ? + 0`,
      ),
      remove: sqlite.prepare('DELETE FROM sfn_revisions WHERE id = ?'),
    };
  }

  /** Forgets what an execution ran. Part of the open commit. */
  dropPin({ machine, name }: ExecutionRef): void {
    this.#statements.unpin.run(machine, name);
  }

  /** Drops at most so many revisions that nothing names, in one commit; gives their names, as the engine knows them. */
  dropRevisions(most: number): Promise<string[]> {
    return this.#database.commit(() => {
      const unused = this.#statements.unused.all(TEST_MACHINE, most).map((row) => RevisionRow.parse(row));
      for (const { id } of unused) this.#statements.remove.run(id);
      return unused.map(({ id, machine }) => revisionName(machine, id));
    });
  }
}
