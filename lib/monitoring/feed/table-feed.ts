import * as z from 'zod';
import type { Clock } from '#core/clock.ts';
import { newId } from '#core/id.ts';
import type { Random } from '#core/random.ts';
import { feedKeys } from '#table/feed-keys.ts';
import type { Item, Table } from '#table/table.ts';
import { type MonitoringEvent, MonitoringEventSchema } from '../events/event.ts';
import {
  type EventFeed,
  type FeedEntry,
  type FeedPage,
  type FeedQuery,
  MOST_ENTRIES,
  noCursor,
} from './feed.ts';
import { type EventFilter, eventTest } from './filter.ts';

/** What a feed in the table works with. */
export interface TableFeedPorts {
  readonly table: Table;
  readonly clock: Clock;
  readonly random: Random;
}

/** How long events are kept, in ms. */
const KEEP_MS = 7 * 86_400_000;
/** What was written so short a time ago is not read yet: something may still be on its way that comes before it. In ms. */
const SETTLED_MS = 2_000;
/** An item holds 400 KB. */
const MOST_BYTES = 300_000;
/** So many hours are looked through for one page; an empty one costs a query. */
const HOURS_AT_ONCE = 24;

const PartSchema = z.object({ sk: z.string(), events: z.array(MonitoringEventSchema) });

type Part = z.infer<typeof PartSchema>;

/** Where an entry stands: the sort key of its part, and its place in it. */
interface Position {
  readonly sk: string;
  readonly at: number;
  readonly index: number;
}

/**
 * The feed in the table, for runtimes whose changes are told by a stream: whoever hears of some writes their events as one item.
 * It is read two seconds late, so that who reads in order misses nothing that another writer was slower with.
 */
export class TableFeed implements EventFeed {
  readonly #ports: TableFeedPorts;
  readonly #settledMs: number;
  #last = 0;

  /** @param settledMs how late it is read; 0 for who reads on with an overlap. */
  constructor(ports: TableFeedPorts, settledMs = SETTLED_MS) {
    this.#ports = ports;
    this.#settledMs = settledMs;
  }

  /** Keeps events, and gives them with their cursors. */
  async write(events: readonly MonitoringEvent[]): Promise<readonly FeedEntry[]> {
    const { table, clock, random } = this.#ports;
    const entries: FeedEntry[] = [];
    // One time and one name for all, and a later one than before, so that what this writes is in order.
    const at = Math.max(Math.floor(clock.now()), this.#last + 1);
    this.#last = at;
    const name = newId(clock, random);
    for (const [number, part] of inParts(events).entries()) {
      const key = feedKeys.part(at, `${name}${String(number).padStart(3, '0')}`);
      const expiresAt = Math.ceil((at + KEEP_MS) / 1_000);
      await table.put({ ...key, events: part.map((event) => ({ ...event })), expiresAt });
      entries.push(...part.map((event, index) => ({ cursor: cursorOf(key.sk, index), event })));
    }
    return entries;
  }

  async read({ after, filter, limit }: FeedQuery): Promise<FeedPage> {
    const most = Math.min(limit, MOST_ENTRIES);
    const now = this.#ports.clock.now();
    const end = now - this.#settledMs;
    if (after === undefined) return this.#newest(filter, most, end);
    const from = readCursor(after);
    const gap = from.at < now - KEEP_MS || from.at > now + SETTLED_MS;
    return { ...(await this.#after(gap ? startOf(now - KEEP_MS) : from, { filter, limit: most, end })), gap };
  }

  async #after(
    from: Position,
    { filter, limit, end }: { readonly filter: EventFilter; readonly limit: number; readonly end: number },
  ): Promise<Omit<FeedPage, 'gap'>> {
    const isWanted = eventTest(filter);
    const entries: FeedEntry[] = [];
    let hour = from.at;
    for (let hours = 0; hours < HOURS_AT_ONCE && hour <= end; hours++) {
      for await (const part of this.#parts(hour, { from: from.sk, end })) {
        for (const entry of entriesOf(part, from)) {
          if (isWanted(entry.event)) entries.push(entry);
          if (entries.length === limit) return { entries, cursor: entry.cursor, more: true };
        }
      }
      hour = (Math.floor(hour / feedKeys.hourMs) + 1) * feedKeys.hourMs;
    }
    const reached = Math.max(from.at, Math.min(hour - 1, end));
    const last = entries.at(-1)?.cursor ?? cursorOf(from.sk, from.index);
    return { entries, cursor: laterCursor(last, reached), more: hour <= end };
  }

  /** The newest events of the last day, back from now. */
  async #newest(filter: EventFilter, limit: number, end: number): Promise<FeedPage> {
    const isWanted = eventTest(filter);
    const entries: FeedEntry[] = [];
    for (let hours = 0; hours < HOURS_AT_ONCE && entries.length < limit; hours++) {
      const hour = end - hours * feedKeys.hourMs;
      for await (const part of this.#parts(hour, { end, descending: true })) {
        entries.unshift(...entriesOf(part).filter(({ event }) => isWanted(event)));
        if (entries.length >= limit) break;
      }
    }
    const cursor = laterCursor(entries.at(-1)?.cursor, end);
    return { entries: entries.slice(-limit), cursor, more: false, gap: false };
  }

  /** The parts of an hour that were written until a time. */
  async *#parts(
    hour: number,
    { from, end, descending = false }: { from?: string; end: number; descending?: boolean },
  ): AsyncGenerator<Part> {
    const partition = feedKeys.partition(hour);
    const start = from === undefined || descending ? {} : { from };
    let cursor: string | undefined;
    do {
      const query = {
        partition,
        descending,
        limit: 20,
        ...start,
        ...(cursor === undefined ? {} : { cursor }),
      };
      const page: { readonly items: readonly Item[]; readonly cursor?: string } =
        await this.#ports.table.query(query);
      for (const item of page.items) {
        const part = PartSchema.parse(item);
        if (timeOf(part.sk) <= end) yield part;
      }
      cursor = page.cursor;
    } while (cursor !== undefined);
  }
}

/** The entries of a part that come after a position. */
function entriesOf({ sk, events }: Part, after?: Position): readonly FeedEntry[] {
  const first = sk === after?.sk ? after.index + 1 : 0;
  return events.slice(first).map((event, at) => ({ cursor: cursorOf(sk, first + at), event }));
}

function inParts(events: readonly MonitoringEvent[]): readonly (readonly MonitoringEvent[])[] {
  const parts: MonitoringEvent[][] = [];
  let room = 0;
  for (const event of events) {
    const bytes = Buffer.byteLength(JSON.stringify(event));
    if (bytes > room) {
      parts.push([]);
      room = MOST_BYTES;
    }
    parts.at(-1)?.push(event);
    room -= bytes;
  }
  return parts;
}

function cursorOf(sk: string, index: number): string {
  return `${sk}~${String(index).padStart(4, '0')}`;
}

/** The cursor of an entry, or of a time (ms since the epoch) up to which there is no other, where that is later. */
function laterCursor(cursor: string | undefined, time: number): string {
  const isLater = cursor === undefined || readCursor(cursor).at < Math.floor(time);
  return isLater ? cursorOf(feedKeys.time(time), 0) : cursor;
}

/** The same cursor, moved back by so many ms: what comes after it may have been on its way when it was given. */
export function earlierCursor(cursor: string, ms: number): string {
  return cursorOf(feedKeys.time(Math.max(0, readCursor(cursor).at - ms)), 0);
}

/** The cursor before all that is kept. */
export function beginningOfFeed(now: number): string {
  return cursorOf(feedKeys.time(now - KEEP_MS + SETTLED_MS), 0);
}

/** The cursor of a time (ms since the epoch): what was written from then on comes after it. */
export function cursorAt(time: number): string {
  return cursorOf(feedKeys.time(Math.max(0, time)), 0);
}

/** Up to when all that was written came before a cursor, or with it: ms since the epoch. Throws SW4003. */
export function timeOfCursor(cursor: string): number {
  return readCursor(cursor).at;
}

/** Whether a cursor comes after another, in the order of the feed. Throws SW4003. */
export function isLaterCursor(cursor: string, other: string): boolean {
  const [one, two] = [readCursor(cursor), readCursor(other)];
  return one.sk === two.sk ? one.index > two.index : one.sk > two.sk;
}

function startOf(at: number): Position {
  return { sk: feedKeys.time(at), at, index: 0 };
}

/** Throws SW4003. */
function readCursor(cursor: string): Position {
  const [, sk, time, index] = /^((\d{15})(?:#[0-9A-Z]{29})?)~(\d{4,5})$/.exec(cursor) ?? [];
  if (sk === undefined) throw noCursor();
  return { sk, at: Number(time), index: Number(index) };
}

function timeOf(sk: string): number {
  return Number(sk.slice(0, 15));
}
