import { breakLease } from '#concurrency/break-lease.ts';
import { readTaskId } from '#concurrency/hold.ts';
import { getPool, type Pool } from '#concurrency/pool.ts';
import type { ExecutionPorts } from '../ports.ts';
import { type Operator, recorded } from './action.ts';

/**
 * Takes units of a pool from a task, for an operator; it is on record with the execution whose task it is. Gives the pool as it
 * then is. Throws SW4047, SW4071.
 */
export async function releaseByOperator(
  ports: ExecutionPorts,
  { pool, task }: { readonly pool: string; readonly task: string },
  operator: Operator,
): Promise<Pool> {
  await getPool(ports.table, pool);
  const { execution, path } = readTaskId(task);
  const asked = { ...operator, operation: 'release', details: { pool, path, task }, execution } as const;
  await recorded(ports, asked, () => breakLease(ports, pool, task));
  return getPool(ports.table, pool);
}
