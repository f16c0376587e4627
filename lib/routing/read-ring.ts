import type { Item, Query, Table } from '#table/table.ts';
import type { Contender } from './judge.ts';

/** A ring of so many devices is always read whole: the choice among them is exact. */
export const READ_WHOLE = 64;
/** In a larger ring, a choice is made among so many devices that fit, the next ones from where the reading began. */
export const WINDOW = 32;
/** Devices whose health is read at a time. */
const AT_A_TIME = 32;
const LARGEST_PAGE = 1_000;

/** What of a ring is read. */
export interface RingPart {
  readonly ring: string;
  /** Begin at this place; '' is the beginning. */
  readonly from: string;
  /** So many that fit are enough, */
  readonly enough: number;
  /** once so many have been looked at. */
  readonly least: number;
}

/** What a reading has found. */
export interface RingReading {
  /** Those that fit: all of the ring, or as many as are enough. */
  readonly fits: readonly Contender[];
  readonly looked: number;
  /** Whether the ring has been read all around. */
  readonly isWhole: boolean;
}

/** Reads on in a ring from a place, and from its beginning once its end is reached, until enough devices fit. */
export async function readRing(
  table: Pick<Table, 'query'>,
  { ring, from, enough, least }: RingPart,
  judge: (entries: readonly Item[]) => Promise<readonly Contender[]>,
): Promise<RingReading> {
  const fits: Contender[] = [];
  let looked = 0;
  for await (const entries of chunksOf(table, ring, { from, least })) {
    fits.push(...(await judge(entries)));
    looked += entries.length;
    if (fits.length >= enough && looked >= least) {
      return { fits: fits.slice(0, enough), looked, isWhole: false };
    }
  }
  return { fits, looked, isWhole: true };
}

/** The entries of a ring from a place on, once around, in small lots of pages that grow. */
async function* chunksOf(
  table: Pick<Table, 'query'>,
  partition: string,
  { from, least }: Pick<RingPart, 'from' | 'least'>,
): AsyncGenerator<readonly Item[]> {
  const halves: Query[] = from === '' ? [{ partition }] : [{ partition, from }, { partition }];
  let limit = least;
  for (const [half, query] of halves.entries()) {
    let cursor: string | undefined;
    do {
      const page = await table.query({ ...query, limit, ...(cursor === undefined ? {} : { cursor }) });
      const entries = half === 1 ? page.items.filter(({ sk }) => sk < from) : page.items;
      for (let at = 0; at < entries.length; at += AT_A_TIME) yield entries.slice(at, at + AT_A_TIME);
      cursor = entries.length < page.items.length ? undefined : page.cursor;
      limit = Math.min(LARGEST_PAGE, limit * 4);
    } while (cursor !== undefined);
  }
}
