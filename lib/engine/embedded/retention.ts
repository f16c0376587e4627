import type { StatementSync } from 'node:sqlite';
import type { Database } from '#storage/database.ts';

/** What is to be dropped, and how much of it at once. */
export interface DropOptions {
  /** Executions that ended before this time, in ms since the epoch. */
  readonly before: number;
  /** Most rows in one commit, so that nobody waits long for it. */
  readonly rows: number;
}

/**
 * Drops executions that ended long ago, in small commits. An execution is gone at once; its journal, which may be long,
 * goes after it, also when the process dies in between. Children of a distributed Map live as long as their parent. The newest execution stays, whatever its age: SQLite gives the id
 * above the highest, and an id that came again would make old task tokens valid for another execution.
 */
export class EngineRetention {
  readonly #database: Database;
  readonly #old: StatementSync;
  readonly #drops: readonly StatementSync[];
  readonly #remember: StatementSync;
  readonly #dropped: StatementSync;
  readonly #clear: StatementSync;
  readonly #forget: StatementSync;

  /** The engine's tables must be there already. */
  constructor(database: Database) {
    const { sqlite } = database;
    this.#database = database;
    this.#old = sqlite.prepare(
      `SELECT id FROM executions WHERE notified = 1 AND endedAt < ? AND id < (SELECT MAX(id) FROM executions)
       AND NOT EXISTS (SELECT 1 FROM map_run_children JOIN map_runs ON map_runs.id = run
         WHERE map_run_children.execution = executions.id) ORDER BY endedAt LIMIT ?`,
    );
    this.#drops = [
      'DELETE FROM engine_redrives WHERE execution = ?',
      'DELETE FROM engine_skips WHERE execution = ?',
      'DELETE FROM engine_pauses WHERE execution = ?',
      'DELETE FROM map_run_children WHERE execution = ?',
      'DELETE FROM map_runs WHERE execution = ?',
      'DELETE FROM executions WHERE id = ?',
    ].map((text) => sqlite.prepare(text));
    this.#remember = sqlite.prepare('INSERT INTO dropped_journals VALUES (?)');
    this.#dropped = sqlite.prepare('SELECT execution FROM dropped_journals LIMIT 1');
    this.#clear = sqlite.prepare(
      `DELETE FROM journal WHERE execution = ?1 AND first IN
       (SELECT first FROM journal WHERE execution = ?1 ORDER BY first LIMIT ?2)`,
    );
    this.#forget = sqlite.prepare('DELETE FROM dropped_journals WHERE execution = ?');
  }

  /** Drops a part of what is old, in one commit. Gives the number of rows; 0 when there is nothing to drop. */
  drop({ before, rows }: DropOptions): Promise<number> {
    return this.#database.commit(() => {
      let done = 0;
      for (const { id } of this.#old.all(before, Math.ceil(rows / 4))) {
        for (const drop of this.#drops) drop.run(Number(id));
        this.#remember.run(Number(id));
        done++;
      }
      while (done < rows) {
        const execution = this.#dropped.get()?.['execution'];
        if (execution === undefined) break;
        const left = rows - done;
        const cleared = Number(this.#clear.run(Number(execution), left).changes);
        if (cleared < left) this.#forget.run(Number(execution));
        done += cleared + 1;
      }
      return done;
    });
  }
}
