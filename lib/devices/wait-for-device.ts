import { lastingTaskId } from '#compiler/task-id.ts';
import type { CommandRequest } from '#compiler/task-payload.ts';
import { RuntimeError } from '#core/error.ts';
import type { Engine } from '#engine/engine.ts';
import type { Notifier } from '#notifications/notifier.ts';
import { NoneFits } from '#routing/none-fits.ts';
import { routeWaitKeys } from '#table/route-wait-keys.ts';
import { ConditionFailed, type Table } from '#table/table.ts';
import { dispatchCommand, WaitEnded } from './dispatch.ts';
import type { DevicePorts } from './ports.ts';
import { endRouteWait, findRouteWait, putRouteWait, type RouteWait, routeWaitEnd } from './route-wait.ts';

/** What looking at a wait takes besides what sending a command does. */
export interface WaitPorts extends DevicePorts {
  readonly engine: Pick<Engine, 'succeedTask' | 'failTask' | 'heartbeatTask'>;
  readonly notifier: Notifier;
}

/**
 * A wait is looked at after so long at the latest, in ms: what wakes it may have been lost with the process that was about to; and
 * where devices are asked what they report, nothing else tells that it has changed.
 */
const LOOK_MS = { any: 300_000, asksReported: 60_000 } as const;

/**
 * Issues a command for a step, as {@link dispatchCommand} does; where no device fits and the step waits for one, that is put on
 * record, and looked at anew: a device may have come before the record was there.
 */
export async function dispatchOrWait(ports: DevicePorts, request: CommandRequest): Promise<void> {
  const known = request.on?.whenNone && (await findRouteWait(ports.table, lastingTaskId(request)));
  try {
    await dispatchCommand(ports, request, known === undefined ? [] : routeWaitEnd(known));
  } catch (error) {
    if (error instanceof WaitEnded) return;
    if (!(error instanceof NoneFits) || request.on?.whenNone === undefined) throw error;
    const now = ports.clock.now();
    const wait: RouteWait = {
      ...{ id: lastingTaskId(request), request, since: now, isTold: false, ...known },
      lookAt: now,
      ...{ dueAt: known?.dueAt ?? now + request.on.whenNone.waitSeconds * 1_000, cause: error.message },
    };
    // The task that asks now is the one to be answered: it may have been redriven.
    await putRouteWait(ports.table, { ...wait, request });
    await ports.deadlines.schedule({ kind: 'route', id: wait.id }, now);
  }
}

/** Looks whether there is a device for a command that waits for one, or its time is over. A task that is gone waits no more. */
export async function lookAtRouteWait(ports: WaitPorts, id: string): Promise<void> {
  const wait = await findRouteWait(ports.table, id);
  if (wait === undefined) return;
  if ((await ports.engine.heartbeatTask(wait.request.taskToken)) === 'gone')
    return endRouteWait(ports.table, wait);
  try {
    await dispatchCommand(ports, wait.request, routeWaitEnd(wait));
  } catch (error) {
    if (error instanceof WaitEnded) return;
    if (!(error instanceof RuntimeError)) throw error;
    if (error instanceof NoneFits && ports.clock.now() < wait.dueAt) return waitOn(ports, wait, error);
    await fail(ports, wait, error);
  }
}

async function waitOn(ports: WaitPorts, wait: RouteWait, missed: NoneFits): Promise<void> {
  const lookAt = nextLook(wait, missed, ports.clock.now());
  // Where it is looked at by then anyhow, one look more would have another behind it, and so on.
  if (lookAt !== wait.lookAt) await ports.deadlines.schedule({ kind: 'route', id: wait.id }, lookAt);
  await tellGroup(ports, wait, missed.message);
  await updateWait(ports.table, wait, { cause: missed.message, lookAt });
}

/** A look that is so near is the one that is being taken, in ms: a wake-up may come a little early. */
const NEAR_MS = 1_000;

function nextLook(wait: RouteWait, { returnsAt }: NoneFits, now: number): number {
  const asksReported = wait.request.on?.alternatives.some(({ where }) => where !== undefined) === true;
  const latest = now + LOOK_MS[asksReported ? 'asksReported' : 'any'];
  const planned = wait.lookAt > now + NEAR_MS ? wait.lookAt : latest;
  // What is kept out comes back by itself at a time that is known.
  return Math.min(wait.dueAt, planned, latest, returnsAt ?? latest);
}

/** Hands the matter over to people, once: they are told what is missing while the command waits. */
async function tellGroup({ notifier }: WaitPorts, wait: RouteWait, reason: string): Promise<void> {
  const { on, path, execution, command } = wait.request;
  const group = on?.whenNone?.escalate;
  if (group === undefined || wait.isTold) return;
  await notifier.send({
    id: `${wait.id}:none-fits`,
    topic: 'routing',
    subject: `${group}: no device fits for "${path}"`.slice(0, 100),
    message: { group, execution, path, command, reason, waitsUntil: new Date(wait.dueAt).toISOString() },
  });
}

async function updateWait(
  table: Table,
  wait: RouteWait,
  { cause, lookAt }: Pick<RouteWait, 'cause' | 'lookAt'>,
): Promise<void> {
  const key = routeWaitKeys.wait(wait.id);
  try {
    await table.update({ key, set: { cause, lookAt, isTold: true }, condition: { exists: true } });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}

async function fail({ engine, table }: WaitPorts, wait: RouteWait, error: RuntimeError): Promise<void> {
  const waited = error instanceof NoneFits ? `within ${(wait.dueAt - wait.since) / 1_000} s, ` : '';
  const cause = `${waited}${error.message}`;
  await engine.failTask(wait.request.taskToken, { error: error.name, cause });
  await endRouteWait(table, wait);
}
