import type { StatementSync } from 'node:sqlite';
import * as z from 'zod';
import type { Database } from '#storage/database.ts';
import { migrate, type Schema } from '#storage/schema.ts';
import type { MonitoringEvent } from '../events/event.ts';
import { eventOf, rowOf } from './event-row.ts';
import { ExecutionStarts } from './execution-starts.ts';
import {
  type EventFeed,
  type FeedEntry,
  type FeedPage,
  type FeedQuery,
  MOST_ENTRIES,
  noCursor,
} from './feed.ts';
import { type EventFilter, eventTest, kindsOf } from './filter.ts';

/**
 * The log of events, where each execution begins in it, and how far each reader has come that must miss none. An index of all
 * events by execution would make each commit write one more page.
 */
export const EVENT_LOG_SCHEMA: Schema = {
  component: 'events',
  steps: [
    `
      CREATE TABLE event_log (
        position INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, execution TEXT, event TEXT NOT NULL
      );
      CREATE TABLE event_starts (execution TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
      CREATE TABLE event_readers (name TEXT PRIMARY KEY, position INTEGER NOT NULL) WITHOUT ROWID;
    `,
    // Until then, starts were written with their events.
    "INSERT INTO event_readers (name, position) SELECT 'starts', coalesce(max(position), 0) FROM event_log",
    // Since then it is but the rest of an event (event-row.ts), which programs before it do not read.
    'ALTER TABLE event_log RENAME COLUMN event TO rest',
  ],
};

const RowSchema = z.object({
  ...{ position: z.number(), at: z.number(), kind: z.string(), execution: z.string().nullable() },
  rest: z.string(),
});
const BoundsSchema = z.object({ first: z.number().nullable(), last: z.number().nullable() });

/** So many positions are looked through for one page of a filter that few events fit. */
const ROWS_LOOKED_THROUGH = 10_000;
/** Of one execution SQLite passes over the others by itself: some 20 ms for so many. */
const ROWS_LOOKED_THROUGH_FOR_ONE = 100_000;
const ROWS_AT_ONCE = 500;

/** An event as it stands in the log. */
export interface LoggedEvent {
  readonly position: number;
  readonly event: MonitoringEvent;
}

/** Which events are dropped. */
export interface DropEvents {
  readonly keep: number;
  readonly before: number;
  /** Default: any. */
  readonly through?: number;
  /** At most so many at once. */
  readonly rows: number;
}

/**
 * The events of the embedded runtime: a log in the same file as all else, written in the commits that make them. Who reads
 * from it sees what is durable. Positions count up, and are never used again: the last row is never dropped.
 */
export class EventLog implements EventFeed {
  readonly #database: Database;
  readonly #insert: StatementSync;
  readonly #after: StatementSync;
  readonly #afterOfExecution: StatementSync;
  readonly #newest: StatementSync;
  readonly #bounds: StatementSync;
  readonly #readReader: StatementSync;
  readonly #writeReader: StatementSync;
  readonly #drop: StatementSync;
  readonly #starts: ExecutionStarts;
  #last: number;
  /** What was committed last; what comes after it is not told of yet. */
  #durable: number;

  /** Makes the log in the database where it is not there yet. */
  constructor(database: Database) {
    this.#database = database;
    const { sqlite } = database;
    migrate(sqlite, EVENT_LOG_SCHEMA);
    this.#insert = sqlite.prepare(
      'INSERT INTO event_log (position, at, kind, execution, rest) VALUES (?, ?, ?, ?, ?)',
    );
    this.#after = sqlite.prepare(selectRows(''));
    this.#afterOfExecution = sqlite.prepare(selectRows('execution = :execution AND'));
    this.#newest = sqlite.prepare(
      'SELECT position FROM event_log WHERE position <= ? ORDER BY position DESC LIMIT 1 OFFSET ?',
    );
    // Each by itself is the end of the tree; asked for both at once, SQLite goes through all rows.
    this.#bounds = sqlite.prepare(
      'SELECT (SELECT min(position) FROM event_log) AS first, (SELECT max(position) FROM event_log) AS last',
    );
    this.#readReader = sqlite.prepare('SELECT position FROM event_readers WHERE name = ?');
    this.#writeReader = sqlite.prepare('INSERT OR REPLACE INTO event_readers (name, position) VALUES (?, ?)');
    this.#drop = sqlite.prepare(
      `DELETE FROM event_log WHERE position IN (
         SELECT position FROM event_log
         WHERE position < (SELECT max(position) FROM event_log) AND (position <= ? OR at < ?) AND position <= ?
         ORDER BY position LIMIT ?)`,
    );
    this.#starts = new ExecutionStarts(sqlite);
    this.#last = this.#readBounds().last;
    this.#durable = this.#last;
  }

  /** Writes an event; within a group of the database. Gives it as it stands in the log. */
  append(event: MonitoringEvent): LoggedEvent {
    const position = ++this.#last;
    const { at, kind, execution, rest } = rowOf(event);
    this.#insert.run(position, at, kind, execution, rest);
    this.#starts.take(event, position);
    return { position, event };
  }

  /** Everything up to this position can be told of. */
  commit(position: number): void {
    this.#durable = Math.max(this.#durable, position);
  }

  /** Position of the last event that can be told of; 0 before the first. */
  get last(): number {
    return this.#durable;
  }

  /** Position of the first event that is still kept. */
  get first(): number {
    return this.#readBounds().first;
  }

  async read({ after, filter, limit }: FeedQuery): Promise<FeedPage> {
    const most = Math.min(limit, MOST_ENTRIES);
    const { first } = this.#readBounds();
    const asked = after === undefined ? undefined : readCursor(after);
    if (asked === undefined) return this.#newestPage(filter, most);
    const gap = asked < first - 1 || asked > this.#last;
    const found = this.entriesAfter(gap ? first - 1 : asked, { filter, limit: most });
    return { entries: found.entries, more: found.more, cursor: cursorOf(found.position), gap };
  }

  /** Whether events after a position are not kept any more, or the position is of another log. */
  isGap(position: number): boolean {
    return position > this.#last || position < this.first - 1;
  }

  /** All events of one execution are few beside the log; of others, the newest are looked through. */
  #newestPage(filter: EventFilter, limit: number): FeedPage {
    const isAll = Object.keys(filter).length === 0;
    const only = onlyExecution(filter);
    const from =
      only === undefined ? this.#before(isAll ? limit : ROWS_LOOKED_THROUGH) : this.#beforeStartOf(only);
    const found = this.entriesAfter(from, { filter, limit: ROWS_LOOKED_THROUGH });
    const page = { entries: found.entries.slice(-limit), more: found.more, gap: false };
    return { ...page, cursor: cursorOf(found.position) };
  }

  /** Events after a position that fit, and how far that looked; for who reads by positions. */
  entriesAfter(
    from: number,
    { filter, limit }: Pick<FeedQuery, 'filter' | 'limit'>,
  ): { readonly entries: readonly FeedEntry[]; readonly position: number; readonly more: boolean } {
    const isWanted = eventTest(filter);
    const entries: FeedEntry[] = [];
    const last = this.#durable;
    const isOne = onlyExecution(filter) !== undefined;
    const end = Math.min(last, from + (isOne ? ROWS_LOOKED_THROUGH_FOR_ONE : ROWS_LOOKED_THROUGH));
    let position = from;
    while (position < end) {
      const rows = this.#rows(filter, position, end);
      for (const row of rows) {
        const event = eventOf(row);
        position = row.position;
        if (isWanted(event)) entries.push({ cursor: cursorOf(position), event });
        if (entries.length === limit) return { entries, position, more: position < last };
      }
      if (rows.length < ROWS_AT_ONCE) position = end;
    }
    return { entries, position, more: position < last };
  }

  /** How far a reader has come; undefined where it has read nothing yet. */
  readerPosition(name: string): number | undefined {
    const row = this.#readReader.get(name);
    return row === undefined ? undefined : Number(row['position']);
  }

  /** Notes how far a reader has come; within a group of the database. */
  noteReader(name: string, position: number): void {
    this.#writeReader.run(name, position);
  }

  /**
   * Drops events but for the newest ones, and what happened before a time (ms since the epoch), none after the position `through`;
   * gives how many are gone.
   */
  drop({ keep, before, through = this.#last, rows }: DropEvents): Promise<number> {
    return this.#database.commit(() => {
      const { changes } = this.#drop.run(this.#last - keep, before, through, rows);
      if (Number(changes) > 0) this.#starts.drop();
      return Number(changes);
    });
  }

  #readBounds(): { readonly first: number; readonly last: number } {
    const { first, last } = BoundsSchema.parse(this.#bounds.get());
    return { first: first ?? 1, last: last ?? 0 };
  }

  /** The position before the newest so many events. */
  #before(events: number): number {
    const row = this.#newest.get(this.#durable, events);
    return row === undefined ? 0 : Number(row['position']);
  }

  /** The position before an execution begins, or before all that is kept. */
  #beforeStartOf(execution: string): number {
    return (this.#starts.find(execution) ?? this.first) - 1;
  }

  #rows(filter: EventFilter, from: number, to: number): z.infer<typeof RowSchema>[] {
    const { kinds } = filter;
    const execution = onlyExecution(filter);
    const where = { from, to, kinds: kinds === undefined ? null : JSON.stringify(kindsOf(kinds)) };
    const rows =
      execution === undefined ? this.#after.all(where) : this.#afterOfExecution.all({ ...where, execution });
    return rows.map((row) => RowSchema.parse(row));
  }
}

function onlyExecution({ executions = [] }: EventFilter): string | undefined {
  return executions.length === 1 ? executions[0] : undefined;
}

function selectRows(condition: string): string {
  return `
    SELECT position, at, kind, execution, rest FROM event_log
    WHERE ${condition} position > :from AND position <= :to
      AND (:kinds IS NULL OR kind IN (SELECT value FROM json_each(:kinds)))
    ORDER BY position LIMIT ${ROWS_AT_ONCE}`;
}

/** The cursor of a position. */
export function cursorOf(position: number): string {
  return String(position).padStart(12, '0');
}

/** The position of a cursor. Throws SW4003. */
export function readCursor(cursor: string): number {
  if (!/^\d{1,15}$/.test(cursor)) throw noCursor();
  return Number(cursor);
}
