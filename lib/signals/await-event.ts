import { taskId } from '#compiler/task-id.ts';
import type { AwaitEventRequest } from '#compiler/wait-payload.ts';
import type { Json } from '#core/json.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { deleteWait, type EventWait, findWait, putWait } from './event-wait.ts';
import type { SignalPorts } from './ports.ts';
import { takeSignal } from './signal.ts';

/**
 * Begins to wait for an event. A signal that came to the execution before is taken at once; events of others count from
 * now on. Called again for the same try, it goes on waiting as before.
 */
export async function awaitEvent(ports: SignalPorts, request: AwaitEventRequest): Promise<EventWait> {
  const id = taskId(request);
  const known = await findWait(ports.table, id);
  const wait = known === undefined ? newWait(ports, id, request) : { ...known, taskToken: request.taskToken };
  await putWait(ports.table, wait);
  if (wait.dueAt !== undefined) await ports.deadlines.schedule({ kind: 'event', id }, wait.dueAt);
  const signal = await takeSignal(ports.table, wait);
  if (signal !== undefined) await endWait(ports, wait, signal.data);
  return wait;
}

function newWait({ clock }: SignalPorts, id: string, request: AwaitEventRequest): EventWait {
  const { event, where, bindings, taskToken, timeoutSeconds } = request;
  const since = clock.now();
  return {
    ...{ id, event, bindings, taskToken, since },
    ...(where === undefined ? {} : { where }),
    ...(timeoutSeconds === undefined ? {} : { dueAt: since + timeoutSeconds * 1_000 }),
  };
}

/** Whether an event is one that is waited for. Throws {@link EvaluationError} when `where` fails. */
export async function isMeant({ where, bindings }: EventWait, event: Json): Promise<boolean> {
  return where === undefined || (await evaluate(where, { bindings: { ...bindings, event } })) === true;
}

/**
 * Gives an event to a wait, if it is meant. A `where` that fails for an event fails the step: it would never hold, and
 * nobody would know. Says whether the step has taken it.
 */
export async function offerEvent(ports: SignalPorts, wait: EventWait, event: Json): Promise<boolean> {
  try {
    return (await isMeant(wait, event)) && (await endWait(ports, wait, event));
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    const cause = `{% ${wait.where} %} failed for an event "${wait.event}": ${error.message}`;
    await ports.engine.failTask(wait.taskToken, { error: 'States.QueryEvaluationError', cause });
    await deleteWait(ports.table, wait);
    return false;
  }
}

/** Answers the task first: should this process end in between, the wait is still there to be answered again. */
async function endWait({ engine, table }: SignalPorts, wait: EventWait, event: Json): Promise<boolean> {
  const answer = await engine.succeedTask(wait.taskToken, event);
  await deleteWait(table, wait);
  return answer === 'accepted';
}

/** Looks at a wait that may be overdue. */
export async function expireWait(ports: SignalPorts, id: string): Promise<void> {
  const wait = await findWait(ports.table, id);
  if (wait?.dueAt === undefined) return;
  if (ports.clock.now() < wait.dueAt) {
    await ports.deadlines.schedule({ kind: 'event', id }, wait.dueAt);
    return;
  }
  const cause = `no event "${wait.event}" came within ${(wait.dueAt - wait.since) / 1_000} s`;
  await ports.engine.failTask(wait.taskToken, { error: 'Event.Timeout', cause });
  await deleteWait(ports.table, wait);
}
