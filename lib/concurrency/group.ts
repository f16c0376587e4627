import { lastingTaskId } from '#compiler/task-id.ts';
import type { LockRequest } from '#compiler/wait-payload.ts';
import { poolKeys } from '#table/keys.ts';
import { findHold, readTaskId } from './hold.ts';
import { leasesOf, lineOf } from './line.ts';
import { acquireUnits, type LockPorts, refuse } from './lock.ts';
import { ensurePool } from './pool.ts';

/** A concurrency group, and how its executions are stopped. */
export type Group = NonNullable<LockRequest['group']> & {
  /** Stops an execution of ours; what it held is given back when it has ended. */
  stop(execution: string, cause: string): Promise<void>;
};

/**
 * Lets an execution into its concurrency group: at once, or in its turn. Where the group is full, `reject` fails it with
 * Concurrency.Rejected, and `replace` stops the oldest for it.
 */
export async function enterGroup(ports: LockPorts, request: LockRequest, group: Group): Promise<void> {
  const pool = `group:${group.name}`;
  await ensurePool(ports.table, pool, group.max, false);
  // The newest execution knows best how many there may be.
  await ports.table.update({ key: poolKeys.meta(pool), set: { limit: group.max }, add: { revision: 1 } });
  const answer = await acquireUnits(ports, { ...request, pools: { [pool]: 1 } });
  if (answer === 'granted' || group.overflow === 'queue') return;
  if (group.overflow === 'replace') return stopOldest(ports, pool, { ...group, own: request.execution });
  const hold = await findHold(ports.table, lastingTaskId(request));
  const cause = `${group.max} executions of "${group.name}" run already`;
  // Its turn may have come meanwhile: then it is in, and not rejected.
  if (hold !== undefined) await refuse(ports, hold, { error: 'Concurrency.Rejected', cause });
}

async function stopOldest(
  { table }: LockPorts,
  pool: string,
  { max, stop, own }: Group & { readonly own: string },
): Promise<void> {
  const all = [...(await leasesOf(table, pool)), ...(await lineOf(table, pool))];
  const executions = all.map(({ holder }) => readTaskId(holder).execution);
  const others = executions.filter((execution) => execution !== own);
  const tooMany = Math.max(0, others.length - (max - 1));
  for (const execution of others.slice(0, tooMany)) {
    await stop(execution, `execution ${own} of the same concurrency group takes its place`);
  }
}
