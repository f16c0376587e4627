import { toldTarget } from '#compiler/task-payload.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { keepResult } from '#integrations/result-cache.ts';
import { commandKey, deviceKeys } from '#table/keys.ts';
import { type Condition, ConditionFailed, type Write } from '#table/table.ts';
import { type Command, type CommandStatus, IN_FLIGHT, OPEN, toCommandItem } from './command.ts';
import { findCommand } from './command-store.ts';
import { countEnded } from './load.ts';
import { dequeue, freeSlot, sendNext } from './mailbox.ts';
import { marksOf } from './marks.ts';
import type { DevicePorts } from './ports.ts';
import { asRead, findDevice } from './registry.ts';
import { type Verdict, verdictByAnswer } from './verdict.ts';
import { wakeWaits } from './wake-waits.ts';

/** How a command ended. */
export type CommandEnd =
  | { readonly status: 'SUCCEEDED'; readonly result: Json; readonly reported: JsonObject }
  | {
      readonly status: Exclude<CommandStatus, 'QUEUED' | 'SENT' | 'DELIVERED' | 'RUNNING' | 'SUCCEEDED'>;
      readonly error: string;
      readonly cause: string;
      readonly reported?: JsonObject;
    };

/**
 * Ends an open command: its record, the freed slot, what the device reports, and the mark on what it undid or asked about,
 * in one transaction; then the task that waits, then the next command of the mailbox. Ending it again changes nothing but
 * answers the task once more, in case that was lost. The end of a command that waits is void when it has left meanwhile:
 * what it did is for its device to say. Returns the command as it now is.
 */
export async function completeCommand(
  ports: DevicePorts,
  command: Command,
  end: CommandEnd,
): Promise<Command> {
  const verdict = end.status === 'SUCCEEDED' ? await verdictByAnswer(ports.table, command, end) : undefined;
  const ended = await endedCommand(ports, command, { end, verdict });
  const recorded = await record(ports, {
    before: command,
    ended,
    marks: marksOf(ended, verdict),
    reported: end.reported ?? {},
    holdsSlot: command.status !== 'QUEUED',
  });
  if (!OPEN.includes(recorded.status)) {
    if (recorded.cache !== undefined && hasSucceeded(recorded)) {
      await keepResult(ports, recorded.cache, recorded.result ?? null);
    }
    const isTold = await answerTask(ports, recorded);
    // Whoever asks for it next has a call behind it that failed: it is to hear of this, and not to begin anew.
    const isOurs = recorded.status === ended.status && recorded.endedAt === ended.endedAt;
    if (!isTold && isOurs && mayBeAskedForAgain(recorded)) await markUntold(ports, recorded, true);
  }
  if (recorded.route?.isProbe === true && hasSucceeded(recorded)) await wakeFor(ports, command.device);
  await sendNext(ports, command.device);
  return recorded;
}

/** A device that has been kept out and is in again is one that has come. */
async function wakeFor(ports: DevicePorts, id: string): Promise<void> {
  const device = await findDevice(ports.table, id);
  if (device !== undefined) await wakeWaits(ports, device);
}

function mayBeAskedForAgain(command: Command): boolean {
  return command.await === undefined && command.taskToken !== undefined && !hasSucceeded(command);
}

async function markUntold({ table }: DevicePorts, { id }: Command, isUntold: boolean): Promise<void> {
  const change = isUntold ? { set: { isUntold } } : { remove: ['isUntold'] };
  await table.update({ key: commandKey(id), ...change, condition: { exists: true } });
}

interface End {
  readonly end: CommandEnd;
  /** What it says of the command that it asks about. */
  readonly verdict: Verdict | undefined;
}

async function endedCommand(ports: DevicePorts, command: Command, { end, verdict }: End): Promise<Command> {
  const ended: Command = { ...command, status: end.status, endedAt: ports.clock.now() };
  if (end.status !== 'SUCCEEDED') return { ...ended, error: end.error, cause: end.cause };
  const succeeded = { ...ended, result: end.result };
  if (verdict?.kind === 'unknown') return unexpected(succeeded, verdict.reason);
  if (command.expect === undefined) return succeeded;
  const reason = await unmetReason(command.expect, { ...command.bindings, result: end.result });
  if (reason === undefined) return { ...succeeded, expected: true };
  return unexpected(succeeded, reason);
}

function unexpected(command: Command, cause: string): Command {
  return { ...command, expected: false, error: 'Step.Unexpected', cause };
}

/** Why a result is not what a step expects; undefined when it is. */
async function unmetReason(expect: string, bindings: JsonObject): Promise<string | undefined> {
  try {
    if ((await evaluate(expect, { bindings })) === true) return undefined;
    return `the result ${JSON.stringify(bindings['result'])} does not fulfil ${expect}`;
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return `${expect} failed: ${error.message}`;
  }
}

interface Ending {
  readonly before: Command;
  readonly ended: Command;
  /** What is written on other commands with it. */
  readonly marks: readonly Write[];
  readonly reported: JsonObject;
  readonly holdsSlot: boolean;
}

async function record(ports: DevicePorts, ending: Ending): Promise<Command> {
  const { before, ended, holdsSlot } = ending;
  const from = before.status === 'QUEUED' ? (['QUEUED'] as const) : IN_FLIGHT;
  const writes: Write[] = [
    {
      put: toCommandItem(ended),
      condition: { all: [{ attribute: 'status', oneOf: [...from] }, isAskedForAsRead(before)] },
    },
    ...(before.status === 'QUEUED' ? [dequeue(before)] : []),
    ...(holdsSlot ? [freeSlot(before)] : []),
    ...ending.marks,
  ];
  const reportedChange = await changeOfReported(ports, ending);
  const counted = await countEnded(ports.table, ended);
  // These hold as read: whoever was first with something else makes no more of it than that they are read again.
  const asRead = [...(reportedChange === undefined ? [] : [reportedChange]), ...counted];
  writes.push(...asRead);
  try {
    await ports.table.transact(writes);
    return ended;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    const isDeviceChanged = error.index >= writes.length - asRead.length;
    return isDeviceChanged ? record(ports, ending) : recordAgain(ports, ending);
  }
}

/** The task that waits may change until the command has ended, but not unnoticed. */
function isAskedForAsRead({ taskToken }: Command): Condition {
  return taskToken === undefined
    ? { attribute: 'taskToken', present: false }
    : { attribute: 'taskToken', equals: taskToken };
}

/** What the device reports, over what it had reported. */
async function changeOfReported(
  { table, clock }: DevicePorts,
  { ended, reported }: Ending,
): Promise<Write | undefined> {
  if (Object.keys(reported).length === 0) return undefined;
  const device = await findDevice(table, ended.device);
  if (device === undefined) return undefined;
  const key = deviceKeys.meta(device.id);
  const set = { reported: { ...device.reported, ...reported }, reportedAt: clock.now() };
  return { update: { key, set, add: { revision: 1 }, condition: asRead(device) } };
}

/** Somebody was first: the command has ended or left, or its slot has gone to another; or another task waits for it. */
async function recordAgain(ports: DevicePorts, ending: Ending): Promise<Command> {
  const { before, ended } = ending;
  const current = (await findCommand(ports.table, before.id)) ?? ended;
  const isHandedOver = current.taskToken !== before.taskToken && isInFlight(current) === isInFlight(before);
  if (isHandedOver && OPEN.includes(current.status)) {
    const { taskToken, earlierTokens = [] } = current;
    const own = taskToken === undefined ? {} : { taskToken, earlierTokens };
    return record(ports, { ...ending, before: current, ended: { ...ended, ...own } });
  }
  const isSlotLost = ending.holdsSlot && isInFlight(current);
  return isSlotLost ? record(ports, { ...ending, holdsSlot: false }) : current;
}

/**
 * Tells the tasks that wait for a command, or have, how it ended. Without effect when they have ended. Says whether any has taken
 * it.
 */
export async function answerTask(ports: DevicePorts, command: Command): Promise<boolean> {
  const { taskToken, earlierTokens = [], error = 'Device.Failed', cause = '' } = command;
  let isTold = false;
  for (const token of taskToken === undefined ? [] : [...earlierTokens, taskToken]) {
    const answer = hasSucceeded(command)
      ? await ports.engine.succeedTask(token, told(command, command.result ?? null))
      : await ports.engine.failTask(token, { error, cause });
    isTold ||= answer === 'accepted';
  }
  if (isTold && command.isUntold === true) await markUntold(ports, command, false);
  return isTold;
}

/** Completes a task that waits for no more than that its command is on its way, or has been received. */
export async function acknowledge({ engine }: Pick<DevicePorts, 'engine'>, command: Command): Promise<void> {
  const { id, taskToken } = command;
  if (taskToken !== undefined) await engine.succeedTask(taskToken, told(command, { commandId: id }));
}

/** A result with the device, where the step asks which one it was. */
function told({ tellsTarget, device }: Command, result: Json): Json {
  return tellsTarget === undefined ? result : toldTarget(device, result);
}

function hasSucceeded({ status, expected }: Command): boolean {
  return status === 'SUCCEEDED' && expected !== false;
}

/** Whether a command has left for its device and may still be answered. */
export function isInFlight(command: Command): boolean {
  return IN_FLIGHT.includes(command.status);
}
