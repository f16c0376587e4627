import * as z from 'zod';
import { poolKeys } from '#table/keys.ts';
import { ConditionFailed, type Item, type Table, type Write } from '#table/table.ts';
import { getPool, type Pool } from './pool.ts';

/** Units of one pool that somebody asks for. */
export interface Claim {
  readonly pool: string;
  readonly units: number;
  /** Id of the task that is to hold them. */
  readonly holder: string;
  /** When they were asked for, in ms since the Unix epoch. */
  readonly since: number;
  /** From 0 to 999; who has more goes first. Default {@link USUAL_PRIORITY}. */
  readonly priority?: number | undefined;
  /** Those of one priority take turns by their keys. Default: all share one. */
  readonly key?: string | undefined;
}

/** The priority of who does not say. */
export const USUAL_PRIORITY = 500;

/** One of so many turns goes to who has waited longest, whatever the priorities, so that nobody waits for ever. */
export const TURN_OF_THE_OLDEST = 8;

const LeaseSchema = z.object({
  holder: z.string(),
  units: z.number(),
  ticket: z.number(),
  since: z.number(),
});

/** Units that a task holds. `since` is when it got them, in ms since the Unix epoch. */
export type Lease = z.infer<typeof LeaseSchema>;

const PlaceSchema = LeaseSchema.extend({ priority: z.number(), key: z.string(), round: z.number() });

/** A place in line. `since` is when it was taken, in ms since the Unix epoch. */
export type Place = z.infer<typeof PlaceSchema>;

/** What claiming gave: the units, or a place in line. */
export type ClaimAnswer = 'granted' | 'in line';

/**
 * Takes units of a pool when they are free and nobody stands in line for it; else gets in line, once. Throws SW4047 for an
 * unknown pool.
 */
export async function claimUnits(table: Table, claim: Claim): Promise<ClaimAnswer> {
  for (;;) {
    const pool = await getPool(table, claim.pool);
    if ((await leaseOf(table, claim.pool, claim.holder)) !== undefined) return 'granted';
    if ((await findPlace(table, claim.pool, claim.holder)) !== undefined) return 'in line';
    const [first] = await lineOf(table, claim.pool, 1);
    const isFree = first === undefined && pool.used + claim.units <= pool.limit;
    const writes = isFree ? takeUnits(pool, claim) : await getInLine(table, pool, claim);
    if (await written(table, writes)) return isFree ? 'granted' : 'in line';
  }
}

/** Gives units back, or leaves the line. Without effect for who has neither, and where there is no such pool. */
export async function returnUnits(
  table: Table,
  { pool: name, holder }: Pick<Claim, 'pool' | 'holder'>,
): Promise<void> {
  for (;;) {
    const lease = await leaseOf(table, name, holder);
    const place = lease === undefined ? await findPlace(table, name, holder) : undefined;
    if (lease === undefined && place === undefined) return;
    const pool = await getPool(table, name);
    const writes =
      lease === undefined
        ? [changed(pool, {}), ...(place === undefined ? [] : leaveLine(name, place))]
        : [
            changed(pool, { used: pool.used - lease.units }),
            { delete: poolKeys.lease(name, holder), condition: { exists: true } },
          ];
    if (await written(table, writes)) return;
  }
}

/** Grants the units to whose turn it is, when there are enough. Gives who that was. */
export async function grantNext(table: Table, name: string, now: number): Promise<string | undefined> {
  for (;;) {
    const pool = await getPool(table, name);
    const next = await nextInLine(table, pool);
    if (next === undefined || pool.used + next.units > pool.limit) return undefined;
    const granted = takeUnits(pool, { ...next, pool: name, since: now }, { turns: pool.turns + 1 });
    if (await written(table, [...granted, ...leaveLine(name, next)])) return next.holder;
  }
}

/** Whose turn it is: by priority, round and ticket, or, one of some times, by ticket alone. */
export async function nextInLine(table: Table, pool: Pool): Promise<Place | undefined> {
  const oldest = isTurnOfTheOldest(pool.turns) ? await oldestInLine(table, pool.name) : undefined;
  if (oldest !== undefined) return oldest;
  const [first] = await lineOf(table, pool.name, 1);
  return first;
}

/** Whether the next turn goes to who has waited longest. */
export function isTurnOfTheOldest(turns: number): boolean {
  return turns % TURN_OF_THE_OLDEST === TURN_OF_THE_OLDEST - 1;
}

/** Who has waited longest. The index may lag behind: who has left is none. */
export async function oldestInLine(table: Table, pool: string): Promise<Place | undefined> {
  const { gsi1pk: partition } = poolKeys.byTicket(pool, 0);
  const { items } = await table.query({ index: 'gsi1', partition, limit: 1 });
  const [item] = items;
  return item === undefined ? undefined : findPlace(table, pool, PlaceSchema.parse(item).holder);
}

/** What somebody holds, if anything. */
export async function leaseOf(table: Table, pool: string, holder: string): Promise<Lease | undefined> {
  const item = await table.get(poolKeys.lease(pool, holder));
  return item === undefined ? undefined : LeaseSchema.parse(item);
}

/** The place of somebody in line, if there is one. */
export async function findPlace(table: Table, pool: string, holder: string): Promise<Place | undefined> {
  const item = await table.get(poolKeys.place(pool, holder));
  return item === undefined ? undefined : PlaceSchema.parse(item);
}

/** Those who stand in line, in the order of their turns. */
export async function lineOf(table: Table, pool: string, limit = 1_000): Promise<readonly Place[]> {
  return (await itemsOf(table, pool, { prefix: poolKeys.linePrefix, limit })).map((item) =>
    PlaceSchema.parse(item),
  );
}

/** Those who hold units, the one who came first before the others. */
export async function leasesOf(table: Table, pool: string, limit = 1_000): Promise<readonly Lease[]> {
  const items = await itemsOf(table, pool, { prefix: poolKeys.leasePrefix, limit });
  return items.map((item) => LeaseSchema.parse(item)).toSorted((one, other) => one.ticket - other.ticket);
}

async function itemsOf(
  table: Table,
  pool: string,
  part: { readonly prefix: string; readonly limit: number },
): Promise<readonly Item[]> {
  return (await table.query({ partition: poolKeys.partition(pool), ...part })).items;
}

function takeUnits(
  pool: Pool,
  { units, holder, since }: Claim,
  turn: { readonly turns?: number } = {},
): Write[] {
  const ticket = pool.tickets + 1;
  return [
    changed(pool, { ...turn, used: pool.used + units, tickets: ticket }),
    { put: { ...poolKeys.lease(pool.name, holder), holder, units, ticket, since } },
  ];
}

/** How long it is remembered when those of a key had their last turn, after they have had it; in seconds. */
const KEY_REMEMBERED_SECONDS = 7 * 86_400;

/**
 * Takes the last place of a priority and key. Places have rounds: one place of each key is of one round, so that keys take
 * turns, however many stand in line for one of them.
 */
async function getInLine(table: Table, pool: Pool, claim: Claim): Promise<Write[]> {
  const { priority = USUAL_PRIORITY, key = '', holder, units, since } = claim;
  const keyOfTurns = poolKeys.keyOfTurns(pool.name, priority, key);
  const [first] = await itemsOf(table, pool.name, { prefix: poolKeys.turnPrefix(priority), limit: 1 });
  const round =
    first === undefined
      ? pool.round + 1
      : Math.max(PlaceSchema.parse(first).round, roundOf(await table.get(keyOfTurns)) + 1);
  const ticket = pool.tickets + 1;
  const place: Place = { holder, units, ticket, since, priority, key, round };
  const expiresAt = Math.ceil(since / 1_000) + KEY_REMEMBERED_SECONDS;
  return [
    changed(pool, { tickets: ticket, round: Math.max(pool.round, round) }),
    { put: { ...poolKeys.turn(pool.name, place), ...poolKeys.byTicket(pool.name, ticket), ...place } },
    { put: { ...poolKeys.place(pool.name, holder), ...place } },
    { put: { ...keyOfTurns, round, expiresAt } },
  ];
}

function roundOf(item: Item | undefined): number {
  return item === undefined ? -1 : z.object({ round: z.number() }).parse(item).round;
}

function leaveLine(pool: string, place: Place): Write[] {
  return [{ delete: poolKeys.turn(pool, place) }, { delete: poolKeys.place(pool, place.holder) }];
}

type Change = Partial<Pick<Pool, 'used' | 'tickets' | 'round' | 'turns'>>;

/** Every change of a pool, its leases and its line goes with this one, so that no two happen at once. */
function changed(pool: Pool, set: Change): Write {
  const condition = { attribute: 'revision', equals: pool.revision };
  return { update: { key: poolKeys.meta(pool.name), set, add: { revision: 1 }, condition } };
}

/** False when somebody else has changed the pool since it was read. */
async function written(table: Table, writes: readonly Write[]): Promise<boolean> {
  try {
    await table.transact(writes);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}
