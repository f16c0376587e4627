import type { Key } from './table.ts';

const HOUR_MS = 3_600_000;

/**
 * Events that are kept for those who read them in order, where no log is at hand: some at a time in one item, in a partition for each
 * hour, by when they were written.
 */
export const feedKeys = {
  partition: (at: number): string => `FEED#${Math.floor(at / HOUR_MS)}`,
  /** A part of the feed, by when it was written (ms since the epoch), and what tells it from others of that time. */
  part: (at: number, id: string): Key => ({ pk: feedKeys.partition(at), sk: `${feedKeys.time(at)}#${id}` }),
  /** What sort keys of a time begin with. */
  time: (at: number): string => String(Math.floor(at)).padStart(15, '0'),
  hourMs: HOUR_MS,
} as const;

/** Connections of clients to whom events are pushed. */
export const connectionKeys = {
  meta: (id: string): Key => ({ pk: `CONNECTION#${id}`, sk: 'META' }),
  /** gsi1: all connections by id. */
  all: 'CONNECTIONS',
} as const;
