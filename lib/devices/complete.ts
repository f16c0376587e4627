import type { Json, JsonObject } from '#core/json.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { keepResult } from '#integrations/result-cache.ts';
import { commandKey, deviceKeys } from '#table/keys.ts';
import { ConditionFailed, type Write } from '#table/table.ts';
import { type Command, type CommandStatus, IN_FLIGHT, OPEN, toCommandItem } from './command.ts';
import { findCommand } from './command-store.ts';
import { countEnded } from './load.ts';
import { dequeue, freeSlot, sendNext } from './mailbox.ts';
import type { DevicePorts } from './ports.ts';
import { asRead, findDevice } from './registry.ts';

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
 * Ends an open command: its record, the freed slot, what the device reports, and, for an undo, the mark on what it undid,
 * in one transaction; then the task that waits, then the next command of the mailbox. Ending it again changes nothing but
 * answers the task once more, in case that was lost. The end of a command that waits is void when it has left meanwhile:
 * what it did is for its device to say. Returns the command as it now is.
 */
export async function completeCommand(
  ports: DevicePorts,
  command: Command,
  end: CommandEnd,
): Promise<Command> {
  const ended = await endedCommand(ports, command, end);
  const recorded = await record(ports, {
    before: command,
    ended,
    reported: end.reported ?? {},
    holdsSlot: command.status !== 'QUEUED',
  });
  if (!OPEN.includes(recorded.status)) {
    if (recorded.cache !== undefined && hasSucceeded(recorded)) {
      await keepResult(ports, recorded.cache, recorded.result ?? null);
    }
    await answerTask(ports, recorded);
  }
  await sendNext(ports, command.device);
  return recorded;
}

async function endedCommand(ports: DevicePorts, command: Command, end: CommandEnd): Promise<Command> {
  const ended: Command = { ...command, status: end.status, endedAt: ports.clock.now() };
  if (end.status !== 'SUCCEEDED') return { ...ended, error: end.error, cause: end.cause };
  const succeeded = { ...ended, result: end.result };
  if (command.expect === undefined) return succeeded;
  const reason = await unmetReason(command.expect, { ...command.bindings, result: end.result });
  if (reason === undefined) return { ...succeeded, expected: true };
  return { ...succeeded, expected: false, error: 'Step.Unexpected', cause: reason };
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
  readonly reported: JsonObject;
  readonly holdsSlot: boolean;
}

async function record(ports: DevicePorts, ending: Ending): Promise<Command> {
  const { before, ended, holdsSlot } = ending;
  const from = before.status === 'QUEUED' ? (['QUEUED'] as const) : IN_FLIGHT;
  const writes: Write[] = [
    { put: toCommandItem(ended), condition: { attribute: 'status', oneOf: [...from] } },
    ...(before.status === 'QUEUED' ? [dequeue(before)] : []),
    ...(holdsSlot ? [freeSlot(before)] : []),
    ...undoMark(ended),
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

/** What the device reports, over what it had reported. */
async function changeOfReported(
  { table }: DevicePorts,
  { ended, reported }: Ending,
): Promise<Write | undefined> {
  if (Object.keys(reported).length === 0) return undefined;
  const device = await findDevice(table, ended.device);
  if (device === undefined) return undefined;
  const key = deviceKeys.meta(device.id);
  const set = { reported: { ...device.reported, ...reported } };
  return { update: { key, set, add: { revision: 1 }, condition: asRead(device) } };
}

/** Somebody was first: the command has ended or left, or its slot has gone to another. */
async function recordAgain(ports: DevicePorts, ending: Ending): Promise<Command> {
  const current = (await findCommand(ports.table, ending.before.id)) ?? ending.ended;
  const isSlotLost = ending.holdsSlot && isInFlight(current);
  return isSlotLost ? record(ports, { ...ending, holdsSlot: false }) : current;
}

/** An undo that succeeded marks the command that it undid. */
function undoMark(ended: Command): Write[] {
  if (ended.undoes === undefined || ended.status !== 'SUCCEEDED') return [];
  return [
    {
      update: {
        key: commandKey(ended.undoes),
        set: { undoneBy: ended.id, undoneAt: ended.endedAt ?? 0 },
        condition: { exists: true },
      },
    },
  ];
}

/** Tells the task that waits for a command how it ended. Without effect when the task has ended. */
export async function answerTask({ engine }: Pick<DevicePorts, 'engine'>, command: Command): Promise<void> {
  if (command.taskToken === undefined) return;
  if (hasSucceeded(command)) {
    await engine.succeedTask(command.taskToken, command.result ?? null);
  } else {
    await engine.failTask(command.taskToken, {
      error: command.error ?? 'Device.Failed',
      cause: command.cause ?? '',
    });
  }
}

/** Completes a task that waits for no more than that its command is on its way, or has been received. */
export async function acknowledge(
  { engine }: Pick<DevicePorts, 'engine'>,
  { id, taskToken }: Command,
): Promise<void> {
  if (taskToken !== undefined) await engine.succeedTask(taskToken, { commandId: id });
}

function hasSucceeded({ status, expected }: Command): boolean {
  return status === 'SUCCEEDED' && expected !== false;
}

/** Whether a command has left for its device and may still be answered. */
export function isInFlight(command: Command): boolean {
  return IN_FLIGHT.includes(command.status);
}
