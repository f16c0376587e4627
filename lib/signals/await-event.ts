import { lastingTaskId } from '#compiler/task-id.ts';
import type { AwaitEventRequest } from '#compiler/wait-payload.ts';
import type { Json } from '#core/json.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { correlationOf } from './correlation.ts';
import { deleteWait, type EventWait, findWait, noteMissed, putWait } from './event-wait.ts';
import { hear, keptEvents } from './kept-event.ts';
import type { SignalPorts } from './ports.ts';
import { takeSignal } from './signal.ts';

/**
 * Begins to wait for an event. A signal that came to the execution before is taken at once, and so is an event that is kept, unless
 * the execution has taken it before; other events count from now on. Called again for the same try, it goes on waiting as before.
 */
export async function awaitEvent(ports: SignalPorts, request: AwaitEventRequest): Promise<EventWait> {
  const id = lastingTaskId(request);
  const known = await findWait(ports.table, id);
  const wait = known === undefined ? newWait(ports, id, request) : { ...known, taskToken: request.taskToken };
  if (wait.missed !== undefined) {
    await endWait(ports, wait, wait.missed.data);
    return wait;
  }
  await putWait(ports.table, wait);
  if (wait.dueAt !== undefined) await ports.deadlines.schedule({ kind: 'event', id }, wait.dueAt);
  const signal = await takeSignal(ports.table, wait);
  if (signal !== undefined) await endWait(ports, wait, signal.data);
  else await takeKept(ports, wait);
  return wait;
}

/** Names of an execution's own events begin so, and nobody else tells of them. */
const OWN_EVENTS = 'stepwright/';

async function takeKept(ports: SignalPorts, wait: EventWait): Promise<void> {
  if (wait.event.startsWith(OWN_EVENTS)) return;
  for await (const event of keptEvents(ports.table, wait.event, ports.clock.now())) {
    if (
      !(await isMeantSurely(wait, event.data)) ||
      !(await hear(ports.table, wait, { event, hearing: 'later' }))
    )
      continue;
    await endWait(ports, wait, event.data);
    return;
  }
}

function newWait({ clock }: SignalPorts, id: string, request: AwaitEventRequest): EventWait {
  const { event, where, bindings, taskToken, timeoutSeconds } = request;
  const since = clock.now();
  const correlation = correlationOf(where, bindings);
  return {
    ...{ id, event, bindings, taskToken, since },
    ...(correlation === undefined ? {} : { correlation }),
    ...(where === undefined ? {} : { where }),
    ...(timeoutSeconds === undefined ? {} : { dueAt: since + timeoutSeconds * 1_000 }),
  };
}

/** Whether an event is one that is waited for. Throws {@link EvaluationError} when `where` fails. */
export async function isMeant({ where, bindings }: EventWait, event: Json): Promise<boolean> {
  return where === undefined || (await evaluate(where, { bindings: { ...bindings, event } })) === true;
}

/** The same, where an event that `where` fails for is not meant. */
export async function isMeantSurely(wait: EventWait, event: Json): Promise<boolean> {
  try {
    return await isMeant(wait, event);
  } catch (error) {
    if (error instanceof EvaluationError) return false;
    throw error;
  }
}

/** An event that is offered to a wait. */
export interface Offer {
  readonly event: Json;
  /** Whether its execution has not taken the event before; asked only when it is meant. */
  readonly mayHear: () => Promise<boolean>;
}

/**
 * Gives an event to a wait, if it is meant. A `where` that fails for an event fails the step: it would never hold, and
 * nobody would know. Says whether the step has taken it.
 */
export async function offerEvent(
  ports: SignalPorts,
  wait: EventWait,
  { event, mayHear }: Offer,
): Promise<boolean> {
  if (wait.missed !== undefined) return false;
  try {
    return (await isMeant(wait, event)) && (await mayHear()) && (await endWait(ports, wait, event));
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    const cause = `{% ${wait.where} %} failed for an event "${wait.event}": ${error.message}`;
    await ports.engine.failTask(wait.taskToken, { error: 'States.QueryEvaluationError', cause });
    await deleteWait(ports.table, wait);
    return false;
  }
}

/**
 * Answers the task first: should this process end in between, the wait is still there to be answered again. A task that has gone
 * may have one after it, where its call had failed: the event is kept for that until the execution ends.
 */
async function endWait({ engine, table }: SignalPorts, wait: EventWait, event: Json): Promise<boolean> {
  const answer = await engine.succeedTask(wait.taskToken, event);
  if (answer === 'accepted') await deleteWait(table, wait);
  else await noteMissed(table, wait, event);
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
