import { taskId } from '#compiler/task-id.ts';
import type { LockRequest } from '#compiler/wait-payload.ts';
import type { Clock } from '#core/clock.ts';
import { RuntimeError, StepwrightError } from '#core/error.ts';
import type { Deadlines } from '#deadlines/deadlines.ts';
import type { Engine } from '#engine/engine.ts';
import { taskKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';
import { findHold, type Hold, holdsOf, putHold } from './hold.ts';
import { type ClaimAnswer, claimUnits, grantNext, returnUnits } from './line.ts';
import { getPool } from './pool.ts';

/** What holding units of pools takes. */
export interface LockPorts {
  readonly table: Table;
  /** Where the tasks wait that stand in line. */
  readonly engine: Pick<Engine, 'succeedTask' | 'failTask'>;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
}

/** How often somebody who stands in line is looked at, in case the word that it is their turn was lost; in ms. */
const LOOK_AGAIN_MS = 5 * 60_000;

/**
 * Gets units of pools for a task; the task is answered once it holds them all. Pools are taken one after the other in the
 * order of their names, so that two who ask for the same pools at once never wait for each other. Called again for the same
 * try, it changes nothing but the token that is answered. Says whether they are held already. Throws Lock.Impossible.
 */
export async function acquireUnits(ports: LockPorts, request: LockRequest): Promise<ClaimAnswer> {
  const id = taskId(request);
  const known = await findHold(ports.table, id);
  const hold: Hold = {
    ...(known ?? newHold(ports, id, request)),
    taskToken: request.taskToken,
    isHeld: false,
  };
  await refuseImpossible(ports.table, hold);
  await putHold(ports.table, hold);
  return advance(ports, hold);
}

function newHold(
  { clock }: LockPorts,
  id: string,
  { pools, timeoutSeconds }: LockRequest,
): Omit<Hold, 'taskToken' | 'isHeld'> {
  const since = clock.now();
  return {
    ...{ id, pools, since },
    ...(timeoutSeconds === undefined ? {} : { dueAt: since + timeoutSeconds * 1_000 }),
  };
}

async function refuseImpossible(table: Table, { pools }: Hold): Promise<void> {
  for (const [name, units] of Object.entries(pools)) {
    const { limit } = await getPool(table, name).catch(impossible);
    if (units > limit) {
      throw new RuntimeError(
        'Lock.Impossible',
        `${units} units of "${name}" are asked for, and it has ${limit}`,
      );
    }
  }
}

function impossible(error: unknown): never {
  if (!(error instanceof StepwrightError)) throw error;
  throw new RuntimeError('Lock.Impossible', error.message, { cause: error });
}

/** Claims one pool after the other, as far as it goes. */
async function advance(ports: LockPorts, hold: Hold): Promise<ClaimAnswer> {
  for (const [pool, units] of inOrder(hold)) {
    if ((await claimUnits(ports.table, { pool, units, holder: hold.id })) === 'in line') {
      await lookAgain(ports, hold);
      return 'in line';
    }
  }
  await putHold(ports.table, { ...hold, isHeld: true });
  const answer = await ports.engine.succeedTask(hold.taskToken, {});
  if (answer === 'gone') await release(ports, hold);
  return 'granted';
}

function inOrder({ pools }: Hold): [string, number][] {
  return Object.entries(pools).sort(([one], [other]) => (one < other ? -1 : 1));
}

async function lookAgain({ deadlines, clock }: LockPorts, { id, dueAt }: Hold): Promise<void> {
  const next = clock.now() + LOOK_AGAIN_MS;
  await deadlines.schedule({ kind: 'lock', id }, Math.min(next, dueAt ?? next));
}

/** Gives back what a task holds, and leaves the lines it stands in. Without effect when it has neither. */
export async function releaseUnits(ports: LockPorts, request: LockRequest): Promise<void> {
  const hold = await findHold(ports.table, taskId(request));
  if (hold !== undefined) await release(ports, hold);
}

/** Gives back everything that an execution holds. */
export async function releaseAll(ports: LockPorts, execution: string): Promise<void> {
  for await (const hold of holdsOf(ports.table, execution)) await release(ports, hold);
}

async function release(ports: LockPorts, hold: Hold): Promise<void> {
  for (const [pool] of inOrder(hold)) await returnUnits(ports.table, { pool, holder: hold.id });
  await ports.table.delete(taskKeys.hold(hold.id));
  for (const [pool] of inOrder(hold)) await serveLine(ports, pool);
}

/** Lets as many from the line of a pool in as there are units for. */
export async function serveLine(ports: LockPorts, pool: string): Promise<void> {
  for (;;) {
    const next = await grantNext(ports.table, pool);
    if (next === undefined) return;
    const hold = await findHold(ports.table, next);
    if (hold === undefined) await returnUnits(ports.table, { pool, holder: next });
    else await advance(ports, hold);
  }
}

/** Looks at a task that stands in line: its time may be up, or its turn may have come without a word. */
export async function lookAtLine(ports: LockPorts, id: string): Promise<void> {
  const hold = await findHold(ports.table, id);
  if (hold === undefined || hold.isHeld) return;
  if (hold.dueAt !== undefined && ports.clock.now() >= hold.dueAt) return expire(ports, hold);
  for (const [pool] of inOrder(hold)) await serveLine(ports, pool);
  const now = await findHold(ports.table, id);
  if (now !== undefined && !now.isHeld) await lookAgain(ports, now);
}

async function expire(ports: LockPorts, hold: Hold): Promise<void> {
  const pools = Object.keys(hold.pools).join(', ');
  const seconds = ((hold.dueAt ?? hold.since) - hold.since) / 1_000;
  const cause = `${pools} could not be had within ${seconds} s`;
  await ports.engine.failTask(hold.taskToken, { error: 'Lock.Timeout', cause });
  await release(ports, hold);
}
