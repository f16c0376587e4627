import * as z from 'zod';
import { executionKeys } from '#table/keys.ts';
import { readTaskId } from './hold.ts';
import { leasesOf, returnUnits } from './line.ts';
import { type LockPorts, releaseAll, serveLine } from './lock.ts';

/** What is read of an execution: which machine it runs. */
const ExecutionSchema = z.object({ machine: z.string() });

/** So long an execution that has ended is left to give back by itself what it held; in ms. */
const GRACE_MS = 60_000;
/** So many holders are looked at, those who have held longest. */
const MOST_LOOKED_AT = 100;

/**
 * Gives back what is held of a pool by executions that run no more: their end should have done so, and did not come through.
 * A holder shows that it lives by its execution, which the engine knows; nothing else has to be renewed.
 */
export async function recoverUnits(ports: LockPorts, pool: string): Promise<void> {
  const leases = await leasesOf(ports.table, pool, MOST_LOOKED_AT);
  const byExecution = Map.groupBy(leases, ({ holder }) => readTaskId(holder).execution);
  for (const [execution, own] of byExecution) {
    if (await isRunning(ports, execution)) continue;
    await releaseAll(ports, execution);
    for (const { holder } of own) await returnUnits(ports.table, { pool, holder });
    await serveLine(ports, pool);
  }
}

async function isRunning({ table, engine, clock }: LockPorts, execution: string): Promise<boolean> {
  const item = await table.get(executionKeys.meta(execution));
  if (item === undefined) return false;
  const found = await engine.describe({ machine: ExecutionSchema.parse(item).machine, name: execution });
  return found !== undefined && (found.endedAt === undefined || clock.now() < found.endedAt + GRACE_MS);
}
