import { z } from 'zod';
import { poolKeys } from '#table/keys.ts';
import { ConditionFailed, type Key, type Table, type Write } from '#table/table.ts';
import { getPool, type Pool } from './pool.ts';

/** Units of one pool that somebody asks for. */
export interface Claim {
  readonly pool: string;
  readonly units: number;
  /** Id of the task that is to hold them. */
  readonly holder: string;
}

const LeaseSchema = z.object({ holder: z.string(), units: z.number() });
const PlaceSchema = LeaseSchema.extend({ pk: z.string(), sk: z.string() });
type Place = z.infer<typeof PlaceSchema>;

/** What claiming gave: the units, or a place in line. */
export type ClaimAnswer = 'granted' | 'in line';

/**
 * Takes units of a pool when they are free and nobody stands in line for it; else gets in line, once. Throws SW4047 for an
 * unknown pool.
 */
export async function claimUnits(table: Table, claim: Claim): Promise<ClaimAnswer> {
  for (;;) {
    const pool = await getPool(table, claim.pool);
    if ((await table.get(poolKeys.lease(claim.pool, claim.holder))) !== undefined) return 'granted';
    const places = await placesOf(table, claim.pool);
    if (places.some(({ holder }) => holder === claim.holder)) return 'in line';
    const isFree = places.length === 0 && pool.used + claim.units <= pool.limit;
    if (await written(table, isFree ? takeUnits(pool, claim) : getInLine(pool, claim))) {
      return isFree ? 'granted' : 'in line';
    }
  }
}

/** Gives units back, or leaves the line. Without effect for who has neither. */
export async function returnUnits(table: Table, { pool: name, holder }: Omit<Claim, 'units'>): Promise<void> {
  for (;;) {
    const pool = await getPool(table, name);
    const item = await table.get(poolKeys.lease(name, holder));
    if (item === undefined) {
      for (const place of await placesOf(table, name))
        if (place.holder === holder) await table.delete(keyOf(place));
      return;
    }
    const { units } = LeaseSchema.parse(item);
    const writes = [changed(pool, { used: pool.used - units }), { delete: poolKeys.lease(name, holder) }];
    if (await written(table, writes)) return;
  }
}

/** Grants the units to who is first in line, when there are enough. Gives who that was. */
export async function grantNext(table: Table, name: string): Promise<string | undefined> {
  for (;;) {
    const pool = await getPool(table, name);
    const [first] = await placesOf(table, name, 1);
    if (first === undefined || pool.used + first.units > pool.limit) return undefined;
    const writes = [...takeUnits(pool, { ...first, pool: name }), { delete: keyOf(first) }];
    if (await written(table, writes)) return first.holder;
  }
}

/** Those who hold units of a pool, the one who has held longest first; then those who stand in line. */
export async function holdersAndLine(table: Table, name: string): Promise<readonly string[]> {
  const { items } = await table.query({
    partition: poolKeys.partition(name),
    prefix: poolKeys.leasePrefix,
    limit: 1_000,
  });
  const leases = items.map((item) => LeaseSchema.extend({ ticket: z.number() }).parse(item));
  const holders = leases.toSorted((one, other) => one.ticket - other.ticket);
  return [...holders, ...(await placesOf(table, name))].map(({ holder }) => holder);
}

async function placesOf(table: Table, pool: string, limit = 1_000): Promise<readonly Place[]> {
  const query = { partition: poolKeys.partition(pool), prefix: poolKeys.linePrefix, limit };
  return (await table.query(query)).items.map((item) => PlaceSchema.parse(item));
}

function takeUnits(pool: Pool, { units, holder }: Claim): Write[] {
  const ticket = pool.tickets + 1;
  return [
    changed(pool, { used: pool.used + units, tickets: ticket }),
    { put: { ...poolKeys.lease(pool.name, holder), holder, units, ticket } },
  ];
}

function getInLine(pool: Pool, { units, holder }: Claim): Write[] {
  const ticket = pool.tickets + 1;
  return [
    changed(pool, { tickets: ticket }),
    { put: { ...poolKeys.place(pool.name, ticket, holder), holder, units } },
  ];
}

function changed(pool: Pool, set: { readonly used?: number; readonly tickets?: number }): Write {
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

function keyOf({ pk, sk }: Place): Key {
  return { pk, sk };
}
