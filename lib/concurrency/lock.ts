import { lastingTaskId } from '#compiler/task-id.ts';
import type { LockRequest } from '#compiler/wait-payload.ts';
import type { Clock } from '#core/clock.ts';
import { RuntimeError, StepwrightError } from '#core/error.ts';
import type { Deadlines } from '#deadlines/deadlines.ts';
import type { Engine } from '#engine/engine.ts';
import { taskKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';
import { findDeadlock } from './deadlock.ts';
import { decideHold, findHold, type Hold, handOverHold, holdsOf, openHold, type Refusal } from './hold.ts';
import { type ClaimAnswer, claimUnits, grantNext, returnUnits } from './line.ts';
import { getPool } from './pool.ts';

/** What holding units of pools takes. */
export interface LockPorts {
  readonly table: Table;
  /** Where the tasks wait that stand in line, and the executions run that hold. */
  readonly engine: Pick<Engine, 'succeedTask' | 'failTask' | 'heartbeatTask' | 'describe'>;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
}

/** How often somebody who stands in line is looked at, in case the word that it is their turn was lost; in ms. */
export const LOOK_AGAIN_MS = 5 * 60_000;
/** So long whoever has granted units is left to tell the task so, before somebody else does; in ms. */
const TELLING_MS = 10_000;

/**
 * Gets units of pools for a task; the task is answered once it holds them all. Pools are taken one after the other in the
 * order of their names, so that two who ask for the same pools at once never wait for each other. Called again for the same
 * try, it changes nothing but the token that is answered. Says whether they are held already. Throws Lock.Impossible.
 */
export async function acquireUnits(ports: LockPorts, request: LockRequest): Promise<ClaimAnswer> {
  const known = await findHold(ports.table, lastingTaskId(request));
  if (known === undefined) await refuseImpossible(ports.table, request);
  const opened = known ?? (await openHold(ports.table, newHold(ports, request)));
  const isSameTask = opened.taskToken === request.taskToken;
  const hold = await handOverHold(ports.table, opened, request.taskToken);
  if (hold.refusal !== undefined) return tellRefusal(ports, hold, hold.refusal);
  return hold.isHeld ? tellAgain(ports, hold, isSameTask) : advance(ports, hold);
}

function newHold({ clock }: LockPorts, request: LockRequest): Hold {
  const { pools, timeoutSeconds, priority, key, taskToken } = request;
  const since = clock.now();
  return {
    ...{ id: lastingTaskId(request), pools, taskToken, since, isHeld: false },
    ...(timeoutSeconds === undefined ? {} : { dueAt: since + timeoutSeconds * 1_000 }),
    ...(priority === undefined ? {} : { priority }),
    ...(key === undefined ? {} : { key }),
  };
}

async function refuseImpossible(table: Table, { pools }: Pick<Hold, 'pools'>): Promise<void> {
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

/**
 * Tells a task that it holds what it asked for, in case whoever was to tell it could not. Where they may be about to, it is
 * left to them for a while: the second who tells would take the task for gone.
 */
async function tellAgain(ports: LockPorts, hold: Hold, isSameTask: boolean): Promise<ClaimAnswer> {
  const tellAt = (hold.heldAt ?? 0) + TELLING_MS;
  if (isSameTask && ports.clock.now() < tellAt)
    await ports.deadlines.schedule({ kind: 'lock', id: hold.id }, tellAt);
  else await ports.engine.succeedTask(hold.taskToken, {});
  return 'granted';
}

/** Claims one pool after the other for a task that stands in line, as far as it goes. */
export async function advance(ports: LockPorts, hold: Hold): Promise<ClaimAnswer> {
  for (const [pool, units] of inOrder(hold)) {
    const { id: holder, priority, key } = hold;
    const claim = { pool, units, holder, since: ports.clock.now(), priority, key };
    if ((await claimUnits(ports.table, claim)) === 'in line') return stand(ports, holder, pool);
  }
  if (await decideHold(ports.table, hold, { isHeld: true, heldAt: ports.clock.now() })) {
    const told = await ports.engine.succeedTask(hold.taskToken, {});
    if (told === 'gone') await release(ports, hold);
    return 'granted';
  }
  // Somebody else has granted it; or it has been given up while it was claimed, and what was claimed since has no owner.
  const now = await findHold(ports.table, hold.id);
  if (now === undefined || now.refusal !== undefined) await giveBack(ports, hold);
  return 'granted';
}

/** Stands in line; at its head, when it goes before those who came first, it may be its turn at once. */
async function stand(ports: LockPorts, id: string, pool: string): Promise<ClaimAnswer> {
  await serveLine(ports, pool);
  const now = await findHold(ports.table, id);
  if (now === undefined || now.isHeld || now.refusal !== undefined) return 'granted';
  await lookAgain(ports, now);
  await breakDeadlocks(ports, now);
  return 'in line';
}

function inOrder({ pools }: Pick<Hold, 'pools'>): [string, number][] {
  return Object.entries(pools).sort(([one], [other]) => (one < other ? -1 : 1));
}

async function lookAgain({ deadlines, clock }: LockPorts, { id, dueAt }: Hold): Promise<void> {
  const next = clock.now() + LOOK_AGAIN_MS;
  await deadlines.schedule({ kind: 'lock', id }, Math.min(next, dueAt ?? next));
}

/** As long as somebody who stands in line waits for ever, one of those who hold each other up is given up. */
async function breakDeadlocks(ports: LockPorts, hold: Hold): Promise<void> {
  for (;;) {
    const deadlock = await findDeadlock(ports.table, hold);
    if (deadlock === undefined) return;
    if (await removeGone(ports, deadlock.waits)) continue;
    const { victim, cause } = deadlock;
    await refuse(ports, victim, { error: 'Lock.Deadlock', cause });
    if (victim.id === hold.id) return;
  }
}

/** A task that was cut off, by a timeout around it for one, stands in line and waits for nothing. */
async function removeGone(ports: LockPorts, waits: readonly Hold[]): Promise<boolean> {
  for (const wait of waits) {
    if ((await ports.engine.heartbeatTask(wait.taskToken)) === 'accepted') continue;
    await release(ports, wait);
    return true;
  }
  return false;
}

/** Gives up a task that stands in line: it fails, and leaves. False when it has been granted what it waits for. */
export async function refuse(ports: LockPorts, hold: Hold, refusal: Refusal): Promise<boolean> {
  if (!(await decideHold(ports.table, hold, { refusal }))) return false;
  await tellRefusal(ports, hold, refusal);
  return true;
}

/** Tells a task that was given up so, and lets it leave. */
export async function tellRefusal(ports: LockPorts, hold: Hold, refusal: Refusal): Promise<ClaimAnswer> {
  await ports.engine.failTask(hold.taskToken, refusal);
  await release(ports, hold);
  return 'granted';
}

/** Gives back what a task holds, and leaves the lines it stands in. Without effect when it has neither. */
export async function releaseUnits(ports: LockPorts, request: LockRequest): Promise<void> {
  const hold = await findHold(ports.table, lastingTaskId(request));
  if (hold !== undefined) await release(ports, hold);
}

/** Gives back everything that an execution holds. */
export async function releaseAll(ports: LockPorts, execution: string): Promise<void> {
  for await (const hold of holdsOf(ports.table, execution)) await release(ports, hold);
}

async function release(ports: LockPorts, hold: Hold): Promise<void> {
  await returnAll(ports, hold);
  await ports.table.delete(taskKeys.hold(hold.id));
  // Who stood in line may have been granted something in between.
  if (!hold.isHeld) await returnAll(ports, hold);
  await serveLines(ports, hold);
}

async function giveBack(ports: LockPorts, hold: Hold): Promise<void> {
  await returnAll(ports, hold);
  await serveLines(ports, hold);
}

async function returnAll({ table }: LockPorts, hold: Hold): Promise<void> {
  for (const [pool] of inOrder(hold)) await returnUnits(table, { pool, holder: hold.id });
}

async function serveLines(ports: LockPorts, hold: Hold): Promise<void> {
  for (const [pool] of inOrder(hold)) await serveLine(ports, pool);
}

/** Lets as many from the line of a pool in as there are units for. */
export async function serveLine(ports: LockPorts, pool: string): Promise<void> {
  for (;;) {
    const next = await grantNext(ports.table, pool, ports.clock.now());
    if (next === undefined) return;
    const hold = await findHold(ports.table, next);
    if (hold === undefined) await returnUnits(ports.table, { pool, holder: next });
    else await advance(ports, hold);
  }
}
