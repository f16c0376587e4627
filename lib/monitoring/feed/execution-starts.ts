import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { MonitoringEvent } from '../events/event.ts';

/** What the index has come to: it reads the log, too. */
const READER = 'starts';
/** So many begins, and so much of the log, are written at once: a page for each commit would cost as much as its events. */
const [STARTS_AT_ONCE, POSITIONS_AT_ONCE] = [200, 10_000];

/**
 * Where in the log each execution begins. The latest begins are known in memory, and written together in a commit of the log;
 * those that are not written yet when a process ends are read from the log by the next.
 */
export class ExecutionStarts {
  readonly #read: StatementSync;
  readonly #write: StatementSync;
  readonly #note: StatementSync;
  readonly #drop: StatementSync;
  /** Those that are not written yet. */
  readonly #latest = new Map<string, number>();
  #written: number;

  constructor(sqlite: DatabaseSync) {
    this.#read = sqlite.prepare('SELECT position FROM event_starts WHERE execution = ?');
    this.#write = sqlite.prepare('INSERT OR IGNORE INTO event_starts (execution, position) VALUES (?, ?)');
    this.#note = sqlite.prepare('INSERT OR REPLACE INTO event_readers (name, position) VALUES (?, ?)');
    this.#drop = sqlite.prepare(
      'DELETE FROM event_starts WHERE position < (SELECT min(first) FROM event_batches)',
    );
    const noted = sqlite.prepare('SELECT position FROM event_readers WHERE name = ?').get(READER);
    this.#written = Number(noted?.['position'] ?? 0);
  }

  /** Begins up to this position are written. */
  get written(): number {
    return this.#written;
  }

  /** Learns of an event that is in the log. */
  learn({ kind, execution = '' }: Pick<MonitoringEvent, 'kind' | 'execution'>, position: number): void {
    if (kind === 'execution.started' && !this.#latest.has(execution)) this.#latest.set(execution, position);
  }

  /** Writes what was learned, if that is much by now; within the group of the database in which the log comes to this position. */
  write(position: number): void {
    if (this.#latest.size < STARTS_AT_ONCE && position - this.#written < POSITIONS_AT_ONCE) return;
    for (const [execution, begin] of this.#latest) this.#write.run(execution, begin);
    this.#note.run(READER, position);
    this.#latest.clear();
    this.#written = position;
  }

  /** The position of the event by which an execution begins, where it is known. */
  find(execution: string): number | undefined {
    const row = this.#read.get(execution);
    return row === undefined ? this.#latest.get(execution) : Number(row['position']);
  }

  /** Forgets those whose events are gone; within a group of the database. */
  drop(): void {
    this.#drop.run();
  }
}
