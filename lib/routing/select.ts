import type { Random } from '#core/random.ts';
import { routeKeys } from '#table/keys.ts';
import { ConditionFailed, type Table } from '#table/table.ts';
import { type Contender, type Judging, judge, judgeOne } from './judge.ts';
import { withoutOutliers } from './quarantine.ts';
import { readNear } from './read-near.ts';
import {
  READ_WHOLE,
  type RingPart,
  type RingReading,
  readRing,
  WEIGHED_WINDOW,
  WINDOW,
} from './read-ring.ts';
import { CIRCUMFERENCE, EVERY, positionOf, ringOf } from './rings.ts';
import { byNearness, placesOf } from './sticky.ts';
import { type PlainStrategy, preferred, rankBy } from './strategies.ts';
import type { Scored } from './trace.ts';
import type { RingWalk } from './walk.ts';
import { readRegistered } from './wish.ts';

/** What choosing devices takes. */
export interface RoutingPorts {
  readonly table: Table;
  readonly random: Random;
  /** Without one, each choice from a large ring begins at a place by chance. */
  readonly walk?: RingWalk | undefined;
}

/** The devices of a ring that may be chosen, the one that is first. */
export interface Selection extends Pick<RingReading, 'looked' | 'isWhole'> {
  readonly fits: number;
  readonly ranked: readonly Ranked[];
}

/** A device that may be chosen, with what spoke for it. */
export interface Ranked {
  readonly contender: Contender;
  readonly told: Omit<Scored, 'device' | 'score'>;
}

/** Tries of a turn that others take at the same time, and of a draw by weight. */
const MOST_TRIES = 8;

/** Selects from the ring in which the most devices fit, as far as is known, by the strategy of the route. */
export async function selectFrom(ports: RoutingPorts, judging: Judging): Promise<Selection> {
  const { requires, zone = '' } = judging.wish;
  const names = Object.keys(requires).length === 0 ? [EVERY] : Object.keys(requires);
  const rings = names.map((name) => ringOf(name, zone));
  const [ring = ''] = rings.toSorted((one, other) => shareOf(ports, other) - shareOf(ports, one));
  const selection = await selectByStrategy(ports, ring, judging);
  const step = ports.walk?.(ring);
  if (step !== undefined) step.share = selection.fits / Math.max(1, selection.looked);
  return selection;
}

/** The share of the devices of a ring that fitted last; all, as long as nobody has looked. */
function shareOf({ walk }: RoutingPorts, ring: string): number {
  return walk?.(ring).share ?? 1;
}

/** The one device with an id, if it fits. */
export async function selectDevice(
  { table }: RoutingPorts,
  id: string,
  judging: Judging,
): Promise<Selection> {
  const device = await readRegistered(table, id);
  if (device === undefined) return { fits: 0, ranked: [], looked: 0, isWhole: true };
  const judged = await judgeOne({ device, position: positionOf(id) }, judging);
  if (typeof judged !== 'string') {
    return { fits: 1, ranked: [{ contender: judged, told: {} }], looked: 1, isWhole: true };
  }
  judging.tally.leave(id, judged);
  return { fits: 0, ranked: [], looked: 1, isWhole: true };
}

function selectByStrategy(ports: RoutingPorts, ring: string, judging: Judging): Promise<Selection> {
  const { strategy } = judging.route;
  switch (strategy) {
    case 'round-robin':
      return selectInTurn(ports, ring, judging);
    case 'sticky':
      return selectSticky(ports, ring, judging);
    default:
      return selectPlain({ ...ports, strategy }, ring, judging);
  }
}

async function selectPlain(
  { table, random, walk, strategy }: RoutingPorts & { readonly strategy: PlainStrategy },
  ring: string,
  judging: Judging,
): Promise<Selection> {
  const step = walk?.(`${ring}\n${judging.route.weight ?? ''}`) ?? { at: undefined, share: 1, heaviest: 0 };
  const enough = strategy === 'weighted' ? WEIGHED_WINDOW : WINDOW;
  for (let tries = 1; ; tries++) {
    const from = step.at ?? randomPlace(random);
    // After a part that was passed over the ring is known to be a large one.
    const reading = await readWindow(
      table,
      { ring, from, least: tries === 1 ? READ_WHOLE : enough, enough },
      judging,
    );
    step.at = nextPlace(reading);
    const fits = await withoutOutliers(table, reading.fits, judging);
    const group = fits.length === 0 ? [] : preferred(fits);
    const mean = group.reduce((sum, { weight }) => sum + weight, 0) / Math.max(1, group.length);
    step.heaviest = Math.max(step.heaviest, mean);
    // A part that is lighter than the heaviest is passed over more often, so that weights count across parts.
    const isPassed = !reading.isWhole && tries < MOST_TRIES && random() * step.heaviest > mean;
    if (!isPassed) {
      return { ...reading, fits: fits.length, ranked: rankBy(strategy, group, random) };
    }
  }
}

/** Turns go around the ring; whose it was last is kept in the table, for all processes. */
async function selectInTurn({ table }: RoutingPorts, ring: string, judging: Judging): Promise<Selection> {
  const { wish, route } = judging;
  const key = routeKeys.turn(positionOf(JSON.stringify([wish, route.prefers])));
  for (let tries = 1; ; tries++) {
    const last = (await table.get(key))?.['at'];
    const from = typeof last === 'string' ? after(last) : '';
    const reading = await readWindow(table, { ring, from }, judging);
    const fits = await withoutOutliers(table, reading.fits, judging);
    const group = fits.length === 0 ? [] : preferred(fits);
    const selection = {
      ...reading,
      fits: fits.length,
      ranked: group.map((contender) => ({ contender, told: {} })),
    };
    const [next] = group;
    if (next === undefined || tries === MOST_TRIES) return selection;
    const condition = typeof last === 'string' ? { attribute: 'at', equals: last } : { exists: false };
    try {
      await table.put({ ...key, at: next.position }, condition);
      return selection;
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
    }
  }
}

async function selectSticky({ table }: RoutingPorts, ring: string, judging: Judging): Promise<Selection> {
  const places = placesOf(judging.route.key ?? '');
  const reading =
    (await readSmall(table, ring, judging)) ?? (await readNear(table, { ring, places }, judging));
  const fits = await withoutOutliers(table, reading.fits, judging);
  const group = fits.length === 0 ? [] : preferred(fits);
  const ranked = byNearness(group, places).map((contender) => ({ contender, told: {} }));
  return { ...reading, fits: fits.length, ranked };
}

/** A ring that is small enough to be read whole; undefined for a large one, of which nothing is judged. */
async function readSmall(table: Table, ring: string, judging: Judging): Promise<RingReading | undefined> {
  const { items, cursor } = await table.query({ partition: ring, limit: READ_WHOLE + 1 });
  if (cursor !== undefined || items.length > READ_WHOLE) return undefined;
  return { fits: await judge(items, judging), looked: items.length, isWhole: true };
}

function readWindow(
  table: Table,
  part: Pick<RingPart, 'ring' | 'from'> & Partial<RingPart>,
  judging: Judging,
): Promise<RingReading> {
  const whole = { enough: WINDOW, least: READ_WHOLE, ...part };
  return readRing(table, whole, (entries) => judge(entries, judging));
}

/** Where the next part begins: a small ring is read whole, at one go from its beginning. */
function nextPlace({ isWhole, looked, fits }: RingReading): string | undefined {
  if (isWhole && looked <= READ_WHOLE) return '';
  const last = fits.at(-1);
  return last === undefined ? undefined : after(last.position);
}

/** The place right after another. */
function after(position: string): string {
  return `${position}\0`;
}

function randomPlace(random: Random): string {
  return Math.floor(random() * CIRCUMFERENCE)
    .toString(16)
    .padStart(12, '0');
}
