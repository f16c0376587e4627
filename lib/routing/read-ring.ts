import type { Item, Query, Table } from '#table/table.ts';
import type { Contender } from './judge.ts';

/** A ring of so many devices is always read whole: the choice among them is exact. */
export const READ_WHOLE = 64;
/** In a larger ring, a choice is made among so many devices that fit, the next ones from where the reading began. */
export const WINDOW = 16;
/** The same for `weighted`, which passes parts over that are light, and so looks at more of them. */
export const WEIGHED_WINDOW = 8;
/** Devices whose health is read at a time. */
const AT_A_TIME = 16;
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
  const nextLimit = (): number => pageFor({ fits: fits.length, looked, enough, least });
  for await (const { entries, isLast } of pagesOf(table, { partition: ring, from }, nextLimit)) {
    const lot = Math.min(AT_A_TIME, 2 * enough);
    for (let at = 0; at < entries.length; at += lot) {
      const part = entries.slice(at, at + lot);
      fits.push(...(await judge(part)));
      looked += part.length;
      // A page that is not the last tells that the ring is a large one.
      if (fits.length >= enough && (!isLast || looked > least)) {
        return { fits: fits.slice(0, enough), looked, isWhole: false };
      }
    }
  }
  return { fits, looked, isWhole: true };
}

interface Progress {
  readonly fits: number;
  readonly looked: number;
  readonly enough: number;
  readonly least: number;
}

/** As many entries as are likely to hold what is missing, by the share that has fitted so far. */
function pageFor({ fits, looked, enough, least }: Progress): number {
  // One more than that shows whether there are more.
  if (looked === 0) return least + 1;
  const missing = ((enough - fits) * looked) / Math.max(1, fits);
  return Math.min(LARGEST_PAGE, Math.max(least, Math.ceil(missing)));
}

/** The entries of a ring from a place on, once around, page by page; the last page of each half is the last there. */
async function* pagesOf(
  table: Pick<Table, 'query'>,
  { partition, from }: { readonly partition: string; readonly from: string },
  nextLimit: () => number,
): AsyncGenerator<{ readonly entries: readonly Item[]; readonly isLast: boolean }> {
  const halves: Query[] = from === '' ? [{ partition }] : [{ partition, from }, { partition }];
  for (const [half, query] of halves.entries()) {
    let cursor: string | undefined;
    do {
      const limit = nextLimit();
      const page = await table.query({ ...query, limit, ...(cursor === undefined ? {} : { cursor }) });
      const entries = half === 1 ? page.items.filter(({ sk }) => sk < from) : page.items;
      cursor = entries.length < page.items.length ? undefined : page.cursor;
      yield { entries, isLast: cursor === undefined };
    } while (cursor !== undefined);
  }
}
