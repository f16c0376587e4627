import { poolKeys } from '#table/keys.ts';
import { type LockPorts, serveLine } from './lock.ts';
import { ensurePool, getPool, type Pool, PoolSchema } from './pool.ts';

/**
 * Sets how many units a pool has, also while steps hold some: who holds more than there now is keeps it, and nobody gets in
 * before enough has been given back. Makes the pool where there is none.
 */
export async function setPoolLimit(ports: LockPorts, name: string, limit: number): Promise<Pool> {
  await ensurePool(ports.table, name, limit);
  await ports.table.update({ key: poolKeys.meta(name), set: { limit }, add: { revision: 1 } });
  await serveLine(ports, name);
  return PoolSchema.parse(await getPool(ports.table, name));
}
