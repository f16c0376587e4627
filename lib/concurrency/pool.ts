import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';
import { poolKeys } from '#table/keys.ts';
import { ConditionFailed, type Item, type Page, type Table } from '#table/table.ts';

/** A pool of units that steps hold: what there is of it, and how much of that is held. */
export const PoolSchema = z.object({
  name: z.string(),
  limit: z.number().int().nonnegative(),
  used: z.number().int().nonnegative(),
  /** Number of the last ticket: whoever comes takes one. */
  tickets: z.number().int().nonnegative(),
  /** The last round of turns that somebody in line has been given. */
  round: z.number().int().nonnegative().default(0),
  /** How many in line have had their turn. */
  turns: z.number().int().nonnegative().default(0),
  /** Grows with each change, so that two at once do not hold the same unit. */
  revision: z.number(),
});

/** A pool of units that steps hold. */
export type Pool = z.infer<typeof PoolSchema>;

/** A pool as it is kept. Named pools are listed; those of concurrency groups come and go by themselves. */
export function toPoolItem(pool: Pool, isNamed: boolean): Item {
  const index = isNamed ? { gsi1pk: poolKeys.all, gsi1sk: pool.name } : {};
  return { ...poolKeys.meta(pool.name), ...index, ...pool };
}

/** A pool, or undefined where there is none of this name. */
export async function findPool(table: Table, name: string): Promise<Pool | undefined> {
  const item = await table.get(poolKeys.meta(name));
  return item === undefined ? undefined : PoolSchema.parse(item);
}

/** A pool. Throws SW4047. */
export async function getPool(table: Table, name: string): Promise<Pool> {
  const pool = await findPool(table, name);
  if (pool !== undefined) return pool;
  throw new StepwrightError({
    code: 'SW4047',
    kind: 'not-found',
    message: `there is no pool "${name}"`,
    hint: 'GET /v1/pools lists those that there are; PUT /v1/pools/{name} makes one',
  });
}

/** Makes a pool where there is none of this name; one that there is keeps the limit it has. */
export async function ensurePool(table: Table, name: string, limit: number, isNamed = true): Promise<void> {
  if ((await findPool(table, name)) !== undefined) return;
  try {
    const pool = { name, limit, used: 0, tickets: 0, round: 0, turns: 0, revision: 0 };
    await table.put(toPoolItem(pool, isNamed), { exists: false });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}

/** One page of the named pools, by name. */
export async function listPools(
  table: Table,
  page: { readonly limit?: number; readonly cursor?: string } = {},
): Promise<{ readonly pools: readonly Pool[]; readonly cursor?: string }> {
  const { items, cursor }: Page = await table.query({ index: 'gsi1', partition: poolKeys.all, ...page });
  return { pools: items.map((item) => PoolSchema.parse(item)), ...(cursor === undefined ? {} : { cursor }) };
}
