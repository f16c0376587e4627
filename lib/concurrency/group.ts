import type { LockRequest } from '#compiler/wait-payload.ts';
import { RuntimeError } from '#core/error.ts';
import { poolKeys } from '#table/keys.ts';
import { holdersAndLine } from './line.ts';
import { acquireUnits, type LockPorts, releaseUnits } from './lock.ts';
import { ensurePool } from './pool.ts';

/** A concurrency group, and how its executions are stopped. */
export type Group = NonNullable<LockRequest['group']> & {
  /** Stops an execution of ours; what it held is given back when it has ended. */
  stop(execution: string, cause: string): Promise<void>;
};

/**
 * Lets an execution into its concurrency group: at once, or in its turn. Where the group is full, `reject` fails it, and
 * `replace` stops the oldest for it. Throws Concurrency.Rejected.
 */
export async function enterGroup(ports: LockPorts, request: LockRequest, group: Group): Promise<void> {
  const pool = `group:${group.name}`;
  await ensurePool(ports.table, pool, group.max, false);
  // The newest execution knows best how many there may be.
  await ports.table.update({ key: poolKeys.meta(pool), set: { limit: group.max }, add: { revision: 1 } });
  const answer = await acquireUnits(ports, { ...request, pools: { [pool]: 1 } });
  if (answer === 'granted' || group.overflow === 'queue') return;
  if (group.overflow === 'replace') return stopOldest(ports, pool, { ...group, own: request.execution });
  await releaseUnits(ports, request);
  throw new RuntimeError('Concurrency.Rejected', `${group.max} executions of "${group.name}" run already`);
}

async function stopOldest(
  { table }: LockPorts,
  pool: string,
  { max, stop, own }: Group & { readonly own: string },
): Promise<void> {
  const executions = (await holdersAndLine(table, pool)).map((holder) => holder.split(':')[0] ?? '');
  const others = executions.filter((execution) => execution !== own);
  const tooMany = Math.max(0, others.length - (max - 1));
  for (const execution of others.slice(0, tooMany)) {
    await stop(execution, `execution ${own} of the same concurrency group takes its place`);
  }
}
