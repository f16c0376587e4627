import { StepwrightError } from '#core/error.ts';
import { taskKeys } from '#table/keys.ts';
import { ConditionFailed } from '#table/table.ts';
import { findHold } from './hold.ts';
import { leaseOf, returnUnits } from './line.ts';
import { type LockPorts, serveLine } from './lock.ts';
import { getPool } from './pool.ts';

/**
 * Takes units of a pool from a task that holds them: who stands in line gets them, and the task goes on without. Throws SW4047
 * for an unknown pool, SW4071 for a task that holds none of it.
 */
export async function breakLease(ports: LockPorts, pool: string, holder: string): Promise<void> {
  await getPool(ports.table, pool);
  if ((await leaseOf(ports.table, pool, holder)) === undefined) throw holdsNothing(pool, holder);
  await forget(ports, pool, holder);
  await returnUnits(ports.table, { pool, holder });
  await serveLine(ports, pool);
}

/** A redrive of its execution is not to take again what was taken away. */
async function forget({ table }: LockPorts, pool: string, holder: string): Promise<void> {
  const hold = await findHold(table, holder);
  if (hold === undefined) return;
  const { [pool]: _, ...pools } = hold.pools;
  try {
    await table.update({ key: taskKeys.hold(holder), set: { pools }, condition: { exists: true } });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}

function holdsNothing(pool: string, holder: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4071',
    kind: 'not-found',
    message: `"${holder}" holds nothing of the pool "${pool}"`,
    hint: `GET /v1/pools/${pool} tells who does`,
  });
}
