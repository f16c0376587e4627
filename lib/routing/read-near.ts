import type { Item, Table } from '#table/table.ts';
import { type Contender, type Judging, judge } from './judge.ts';
import { type RingReading, readRing } from './read-ring.ts';
import { CIRCUMFERENCE, distance } from './rings.ts';

/** Entries that are read behind each place at first. */
const BEHIND_EACH = 5;
/** So many that fit are enough: the nearest is taken, and among so many an outlier can be told. */
const ENOUGH = 8;
/** Devices that are judged at a time. */
const AT_A_TIME = 8;

/** Where in a large ring is looked. */
interface Near {
  readonly ring: string;
  readonly places: readonly string[];
}

/**
 * The devices that follow most closely on some places of a large ring and fit, the nearest among them for sure. They are judged in
 * the order of how near they are, as far as behind every place has been read; where none fits so near, the first that fits is
 * looked for behind each place.
 */
export async function readNear(table: Table, near: Near, judging: Judging): Promise<RingReading> {
  // What is preferred is between those that follow on different places.
  if (judging.route.prefers.length > 0) return followersOf(table, near, judging);
  const { entries, reach } = await entriesBehind(table, near);
  const fits: Contender[] = [];
  const known = [...entries.values()]
    .filter(({ way }) => way <= reach)
    .toSorted((one, other) => one.way - other.way);
  let looked = 0;
  while (looked < known.length && fits.length < ENOUGH) {
    const lot = known.slice(looked, looked + AT_A_TIME).map(({ entry }) => entry);
    fits.push(...(await judge(lot, judging)));
    looked += lot.length;
  }
  return fits.length > 0 ? { fits, looked, isWhole: false } : followersOf(table, near, judging);
}

interface NearEntry {
  readonly entry: Item;
  /** How far it is from the nearest place that it follows on. */
  readonly way: number;
}

/** What follows on the places, by id, and how far behind each of them all of it is known. */
async function entriesBehind(
  table: Table,
  { ring, places }: Near,
): Promise<{ readonly entries: ReadonlyMap<string, NearEntry>; readonly reach: number }> {
  const entries = new Map<string, NearEntry>();
  let reach = CIRCUMFERENCE;
  const pages = await Promise.all(places.map((from) => entriesFrom(table, ring, from)));
  for (const [at, items] of pages.entries()) {
    const place = places[at] ?? '';
    const ways = items.map(({ sk }) => distance(place, sk));
    reach = Math.min(reach, ways.at(-1) ?? 0);
    for (const [index, entry] of items.entries()) {
      const way = ways[index] ?? CIRCUMFERENCE;
      if (way < (entries.get(entry.sk)?.way ?? CIRCUMFERENCE)) entries.set(entry.sk, { entry, way });
    }
  }
  return { entries, reach };
}

/** The next entries of a ring from a place on, over its end where that comes first. */
async function entriesFrom(table: Table, ring: string, from: string): Promise<readonly Item[]> {
  const { items } = await table.query({ partition: ring, from, limit: BEHIND_EACH });
  if (items.length === BEHIND_EACH) return items;
  const first = await table.query({ partition: ring, limit: BEHIND_EACH - items.length });
  return [...items, ...first.items];
}

/** The first device that fits after each place. */
async function followersOf(table: Table, { ring, places }: Near, judging: Judging): Promise<RingReading> {
  const readings = await Promise.all(
    places.map((from) =>
      readRing(table, { ring, from, enough: 1, least: 4 }, (entries) => judge(entries, judging)),
    ),
  );
  const found = readings.flatMap(({ fits }) => fits);
  return {
    fits: [...new Map(found.map((contender) => [contender.id, contender])).values()],
    looked: readings.reduce((sum, { looked }) => sum + looked, 0),
    isWhole: false,
  };
}
