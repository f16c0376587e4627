import type { DatabaseSync, StatementSync } from 'node:sqlite';
import * as z from 'zod';
import type { MonitoringEvent } from '../events/event.ts';

/** What the index has come to: it reads the log, too. */
const READER = 'starts';
/** So many begins, and so much of the log, are written at once: a page for each commit would cost as much as its events. */
const [STARTS_AT_ONCE, POSITIONS_AT_ONCE] = [200, 10_000];

/** Executions, and the positions at which they begin, in order. */
const StartsSchema = z.object({ executions: z.array(z.string()), positions: z.array(z.number()) });

type Starts = z.infer<typeof StartsSchema>;

/**
 * Where in the log each execution begins. The latest begins are known in memory, and written together, as one row, in a commit of the
 * log; those that are not written yet when a process ends are read from the log by the next. A row says between which ids those are
 * that it has: most are told by the time, so that few rows are looked into for one.
 */
export class ExecutionStarts {
  readonly #rowsWith: StatementSync;
  readonly #write: StatementSync;
  readonly #note: StatementSync;
  readonly #drop: StatementSync;
  /** Those that are not written yet, in order; few of them are ever asked for. */
  #latest: Starts = { executions: [], positions: [] };
  #written: number;

  constructor(sqlite: DatabaseSync) {
    this.#rowsWith = sqlite.prepare(
      `SELECT starts FROM event_starts WHERE least <= :execution AND greatest >= :execution
         AND instr(starts, :text) > 0 ORDER BY first`,
    );
    this.#write = sqlite.prepare(
      'INSERT INTO event_starts (first, last, least, greatest, starts) VALUES (?, ?, ?, ?, ?)',
    );
    this.#note = sqlite.prepare('INSERT OR REPLACE INTO event_readers (name, position) VALUES (?, ?)');
    this.#drop = sqlite.prepare(
      `DELETE FROM event_starts WHERE first < (SELECT min(first) FROM event_batches)
         AND last < (SELECT min(first) FROM event_batches)`,
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
    if (kind !== 'execution.started') return;
    this.#latest.executions.push(execution);
    this.#latest.positions.push(position);
  }

  /** Writes what was learned, if that is much by now; within the group of the database in which the log comes to this position. */
  write(position: number): void {
    if (this.#latest.positions.length < STARTS_AT_ONCE && position - this.#written < POSITIONS_AT_ONCE)
      return;
    this.#writeLatest();
    this.#note.run(READER, position);
    this.#written = position;
  }

  /** The position of the event by which an execution begins, where it is known; those that are dropped may be known, too. */
  find(execution: string): number | undefined {
    for (const row of this.#rowsWith.iterate({ execution, text: JSON.stringify(execution) })) {
      const position = positionIn(StartsSchema.parse(JSON.parse(String(row['starts']))), execution);
      if (position !== undefined) return position;
    }
    return positionIn(this.#latest, execution);
  }

  /** Forgets rows of which all events are gone; within a group of the database. */
  drop(): void {
    this.#drop.run();
  }

  #writeLatest(): void {
    const { executions, positions } = this.#latest;
    const [first, last] = [positions[0], positions.at(-1)];
    if (first === undefined || last === undefined) return;
    const least = executions.reduce((one, other) => (other < one ? other : one));
    const greatest = executions.reduce((one, other) => (other > one ? other : one));
    this.#write.run(first, last, least, greatest, JSON.stringify(this.#latest));
    this.#latest = { executions: [], positions: [] };
  }
}

function positionIn({ executions, positions }: Starts, execution: string): number | undefined {
  return positions[executions.indexOf(execution)];
}
