import type { StatementSync } from 'node:sqlite';
import * as z from 'zod';
import type { Database } from '#storage/database.ts';
import { migrate } from '#storage/schema.ts';
import type { MonitoringEvent } from '../events/event.ts';
import { batchText, type EventGlance, readBatch, textOfExecution } from './event-batch.ts';
import { EVENT_LOG_SCHEMA } from './event-log-schema.ts';
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

const BatchRowSchema = z.object({ first: z.number(), events: z.string() });
const AgeRowSchema = z.object({ last: z.number(), at: z.number() });
const BoundsSchema = z.object({ first: z.number().nullable(), last: z.number().nullable() });

/** So many events are one row at most, that it fits on a page. */
const MOST_IN_BATCH = 50;
/** So many positions are looked through for one page of a filter that few events fit. */
const POSITIONS_LOOKED_THROUGH = 10_000;
/** Of one execution SQLite passes over the others by itself: some 20 ms for so many. */
const POSITIONS_LOOKED_THROUGH_FOR_ONE = 100_000;

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
  readonly #oldest: StatementSync;
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
    this.#insert = sqlite.prepare('INSERT INTO event_batches (first, last, at, events) VALUES (?, ?, ?, ?)');
    this.#after = sqlite.prepare(selectBatches(''));
    this.#afterOfExecution = sqlite.prepare(selectBatches('instr(events, :execution) > 0 AND'));
    this.#oldest = sqlite.prepare('SELECT last, at FROM event_batches ORDER BY first LIMIT ? + 0');
    // Each by itself is the end of the tree; asked for both at once, SQLite goes through all rows.
    this.#bounds = sqlite.prepare(
      `SELECT (SELECT min(first) FROM event_batches) AS first,
         (SELECT last FROM event_batches ORDER BY first DESC LIMIT 1) AS last`,
    );
    this.#readReader = sqlite.prepare('SELECT position FROM event_readers WHERE name = ?');
    this.#writeReader = sqlite.prepare('INSERT OR REPLACE INTO event_readers (name, position) VALUES (?, ?)');
    this.#drop = sqlite.prepare('DELETE FROM event_batches WHERE first <= ?');
    this.#last = this.#readBounds().last;
    this.#durable = this.#last;
    this.#starts = new ExecutionStarts(sqlite);
    this.#learnStarts();
  }

  /** Writes events; within a group of the database. Gives them as they stand in the log. */
  append(events: readonly MonitoringEvent[]): readonly LoggedEvent[] {
    for (let at = 0; at < events.length; at += MOST_IN_BATCH)
      this.#insertBatch(this.#last + at + 1, events.slice(at, at + MOST_IN_BATCH));
    const logged = events.map((event) => {
      const position = ++this.#last;
      this.#starts.learn(event, position);
      return { position, event };
    });
    this.#starts.write(this.#last);
    return logged;
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
      only === undefined
        ? Math.max(0, this.#durable - (isAll ? limit : POSITIONS_LOOKED_THROUGH))
        : this.#beforeStartOf(only);
    const found = this.entriesAfter(from, { filter, limit: POSITIONS_LOOKED_THROUGH });
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
    const end = Math.min(last, from + (isOne ? POSITIONS_LOOKED_THROUGH_FOR_ONE : POSITIONS_LOOKED_THROUGH));
    if (end <= from) return { entries, position: from, more: false };
    for (const { first, events } of this.#batches(filter, from, end)) {
      for (const [index, event] of events.entries()) {
        const position = first + index;
        if (event === undefined || position <= from || position > end || !isWanted(event)) continue;
        entries.push({ cursor: cursorOf(position), event });
        if (entries.length === limit) return { entries, position, more: position < last };
      }
    }
    return { entries, position: end, more: end < last };
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
   * Drops events but for the newest ones, and what happened before a time (ms since the epoch), none after the position `through`.
   * They go by whole rows, the oldest first, so that what stays is without a gap. Gives how many rows are gone.
   */
  drop({ keep, before, through = this.#last, rows }: DropEvents): Promise<number> {
    return this.#database.commit(() => {
      const end = Math.min(through, this.#last - 1);
      const isOver = ({ last, at }: z.infer<typeof AgeRowSchema>): boolean =>
        last <= end && (last <= this.#last - keep || at < before);
      let [gone, last] = [0, 0];
      for (const row of this.#oldest.iterate(rows)) {
        const age = AgeRowSchema.parse(row);
        if (!isOver(age)) break;
        [gone, last] = [gone + 1, age.last];
      }
      if (gone === 0) return 0;
      this.#drop.run(last);
      this.#starts.drop();
      return gone;
    });
  }

  #readBounds(): { readonly first: number; readonly last: number } {
    const { first, last } = BoundsSchema.parse(this.#bounds.get());
    return { first: first ?? 1, last: last ?? 0 };
  }

  /** The position before an execution begins, or before all that is kept. */
  #beforeStartOf(execution: string): number {
    const { first } = this;
    return Math.max(this.#starts.find(execution) ?? first, first) - 1;
  }

  /** Batches with positions after one and up to another. */
  *#batches(filter: EventFilter, from: number, to: number): Generator<Batch> {
    const glance = glanceOf(filter);
    const execution = onlyExecution(filter);
    const rows =
      execution === undefined
        ? this.#after.iterate({ from, to })
        : this.#afterOfExecution.iterate({ from, to, execution: textOfExecution(execution) });
    for (const row of rows) {
      const { first, events } = BatchRowSchema.parse(row);
      yield { first, events: readBatch(events, glance) };
    }
  }

  #insertBatch(first: number, events: readonly MonitoringEvent[]): void {
    const last = first + events.length - 1;
    this.#insert.run(first, last, Date.parse(events.at(-1)?.at ?? ''), batchText(events));
  }

  /** A process that ends has not written all. */
  #learnStarts(): void {
    const filter: EventFilter = { kinds: ['execution.started'] };
    for (const { first, events } of this.#batches(filter, this.#starts.written, this.#durable)) {
      for (const [index, event] of events.entries())
        if (event !== undefined) this.#starts.learn(event, first + index);
    }
  }
}

interface Batch {
  readonly first: number;
  readonly events: readonly (MonitoringEvent | undefined)[];
}

function onlyExecution({ executions = [] }: EventFilter): string | undefined {
  return executions.length === 1 ? executions[0] : undefined;
}

/** Most of what a filter does not want needs not be read whole. */
function glanceOf(filter: EventFilter): EventGlance {
  const kinds = filter.kinds && new Set<string>(kindsOf(filter.kinds));
  const executions = filter.executions && new Set(filter.executions);
  return (kind, execution = '') => (kinds?.has(kind) ?? true) && (executions?.has(execution) ?? true);
}

/** The row that begins at or before the first position is the one that has it. */
function selectBatches(condition: string): string {
  return `
    SELECT first, events FROM event_batches
    WHERE ${condition} first <= :to
      AND first >= (SELECT coalesce(max(first), 0) FROM event_batches WHERE first <= :from + 1)
    ORDER BY first`;
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
