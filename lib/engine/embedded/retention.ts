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

/** Who else has a say in what is dropped. */
export interface RetentionListeners {
  /** Called for each execution that goes, as a part of the commit. */
  onDropped?(ref: ExecutionRef): void;
  /** Whether somebody still needs an execution, whatever its age. */
  isNeeded?(ref: ExecutionRef): boolean;
}

const OLD = `SELECT id, machine, name, endedAt FROM executions WHERE notified = 1 AND endedAt < ?1
  AND (endedAt, id) > (?3, ?4)
  AND id < (SELECT MAX(id) FROM executions)
  AND NOT EXISTS (SELECT 1 FROM map_run_children JOIN map_runs ON map_runs.id = run
    WHERE map_run_children.execution = executions.id)`;

/** How far down what is old has been looked at. */
interface Seen {
  readonly endedAt: number;
  readonly id: number;
  /** Whether some of it has gone. */
  readonly some: boolean;
}

const NOTHING_SEEN: Seen = { endedAt: -1, id: -1, some: false };

/** Names of children begin with that of the machine and a slash; the character after it is 0. */
const OF_MACHINE = "(machine = ?5 OR (machine > ?5 || '/' AND machine < ?5 || '0'))";

/**
 * Drops executions that ended long ago, in small commits. An execution is gone at once; its journal, which may be long,
 * goes after it, also when the process dies in between. Children of a distributed Map live as long as their parent. The newest
 * execution stays, whatever its age: SQLite gives the id above the highest, and an id that came again would make old task
 * tokens valid for another execution.
 */
export class EngineRetention {
  readonly #database: Database;
  readonly #listeners: RetentionListeners;
  readonly #old: StatementSync;
  readonly #oldOfMachine: StatementSync;
  readonly #drops: readonly StatementSync[];
  readonly #remember: StatementSync;
  readonly #dropped: StatementSync;
  readonly #clear: StatementSync;
  readonly #forget: StatementSync;
  /** Up to where it has looked at what is old: what is needed there is not looked at again. */
  #seen: Seen = NOTHING_SEEN;

  /** The engine's tables must be there already. */
  constructor(database: Database, listeners: RetentionListeners = {}) {
    const { sqlite } = database;
    this.#database = database;
    this.#listeners = listeners;
    this.#old = sqlite.prepare(`${OLD} ORDER BY endedAt, id LIMIT ?2 + 0`);
    this.#oldOfMachine = sqlite.prepare(`${OLD} AND ${OF_MACHINE} ORDER BY endedAt, id LIMIT ?2 + 0`);
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
       (SELECT first FROM journal WHERE execution = ?1 ORDER BY first LIMIT ?2 + 0)`,
    );
    this.#forget = sqlite.prepare('DELETE FROM dropped_journals WHERE execution = ?');
  }

  /** Drops a part of what is old, in one commit. Gives the number of rows that it has seen to; 0 when nothing is left. */
  drop({ before, rows, machine }: DropOptions): Promise<number> {
    return this.#database.commit(() => {
      const most = Math.ceil(rows / 4);
      const { endedAt, id } = this.#seen;
      const old =
        machine === undefined
          ? this.#old.all(before, most, endedAt, id)
          : this.#oldOfMachine.all(before, most, endedAt, id, machine);
      let done = this.#seeTo(old);
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

  /** What goes may be what others waited for, such as children of a Map: having seen all, it begins anew where some have gone. */
  #seeTo(old: readonly Readonly<Record<string, unknown>>[]): number {
    const last = old.at(-1);
    if (last !== undefined) {
      for (const row of old) this.#dropOne(row);
      this.#seen = { ...this.#seen, endedAt: Number(last['endedAt']), id: Number(last['id']) };
      return old.length;
    }
    const isAgain = this.#seen.some;
    this.#seen = NOTHING_SEEN;
    return isAgain ? 1 : 0;
  }

  #dropOne(row: Readonly<Record<string, unknown>>): void {
    const id = Number(row['id']);
    const ref = { machine: String(row['machine']), name: String(row['name']) };
    if (this.#listeners.isNeeded?.(ref) === true) return;
    this.#seen = { ...this.#seen, some: true };
    for (const drop of this.#drops) drop.run(id);
    this.#remember.run(id);
    this.#listeners.onDropped?.(ref);
  }
}
