import type { StatementSync } from 'node:sqlite';
import type { Database } from '#storage/database.ts';
import type { ExecutionRef } from '../engine.ts';

/** What is to be dropped, and how much of it at once. */
export interface DropOptions {
  /** Executions that ended before this time, in ms since the epoch. */
  readonly before: number;
  /** Most rows in one commit, so that nobody waits long for it. */
  readonly rows: number;
  /** Only executions of this machine, and children of its distributed Maps. Default: of all machines. */
  readonly machine?: string;
}

const OLD = `SELECT id, machine, name FROM executions WHERE notified = 1 AND endedAt < ?1
  AND id < (SELECT MAX(id) FROM executions)
  AND NOT EXISTS (SELECT 1 FROM map_run_children JOIN map_runs ON map_runs.id = run
    WHERE map_run_children.execution = executions.id)`;

/** Names of children begin with that of the machine and a slash; the character after it is 0. */
const OF_MACHINE = "(machine = ?3 OR (machine > ?3 || '/' AND machine < ?3 || '0'))";

/**
 * Drops executions that ended long ago, in small commits. An execution is gone at once; its journal, which may be long,
 * goes after it, also when the process dies in between. Children of a distributed Map live as long as their parent. The newest
 * execution stays, whatever its age: SQLite gives the id above the highest, and an id that came again would make old task
 * tokens valid for another execution.
 */
export class EngineRetention {
  readonly #database: Database;
  readonly #onDropped: (ref: ExecutionRef) => void;
  readonly #old: StatementSync;
  readonly #oldOfMachine: StatementSync;
  readonly #drops: readonly StatementSync[];
  readonly #remember: StatementSync;
  readonly #dropped: StatementSync;
  readonly #clear: StatementSync;
  readonly #forget: StatementSync;

  /** The engine's tables must be there already. `onDropped` is called for each execution, as a part of the commit. */
  constructor(database: Database, onDropped: (ref: ExecutionRef) => void = () => {}) {
    const { sqlite } = database;
    this.#database = database;
    this.#onDropped = onDropped;
    this.#old = sqlite.prepare(`${OLD} ORDER BY endedAt LIMIT ?2`);
    this.#oldOfMachine = sqlite.prepare(`${OLD} AND ${OF_MACHINE} LIMIT ?2`);
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
  drop({ before, rows, machine }: DropOptions): Promise<number> {
    return this.#database.commit(() => {
      const most = Math.ceil(rows / 4);
      const old =
        machine === undefined ? this.#old.all(before, most) : this.#oldOfMachine.all(before, most, machine);
      for (const row of old) this.#dropOne(row);
      let done = old.length;
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

  #dropOne(row: Readonly<Record<string, unknown>>): void {
    const id = Number(row['id']);
    for (const drop of this.#drops) drop.run(id);
    this.#remember.run(id);
    this.#onDropped({ machine: String(row['machine']), name: String(row['name']) });
  }
}
