import type { CommandRequest } from '#compiler/task-payload.ts';
import { commandKey } from '#table/keys.ts';
import { type Condition, ConditionFailed, type Write } from '#table/table.ts';
import { type Command, commandDeadline, dueAt, OPEN, toCommandItem } from './command.ts';
import { commandOfTask, isAskedForBy, isUnanswered } from './command-of-task.ts';
import { findCommand } from './command-store.ts';
import { acknowledge, answerTask, completeCommand, isInFlight } from './complete.ts';
import { countOpen } from './load.ts';
import { deliver, enqueue, sendNext, takeSlot } from './mailbox.ts';
import { newCommand } from './new-command.ts';
import type { DevicePorts } from './ports.ts';
import { type Destination, namedDestination, ProbeTaken, withDestination } from './route-command.ts';

/**
 * Issues a command for a step. Called again for the same try (a redelivery, recovery after a crash, or a call that had
 * failed) it sends the same command again, or answers the task again, and never makes a second one. Fails with Device.Unknown,
 * Device.Offline or Step.InvalidArguments.
 *
 * @param ending what ends with it being put on record, where it has waited for a device. Throws {@link WaitEnded} where that has
 *   ended before.
 */
export async function dispatchCommand(
  ports: DevicePorts,
  request: CommandRequest,
  ending: readonly Write[] = [],
): Promise<Command> {
  const { id, known, attempt, before } = await commandOfTask(ports.table, request, ports.clock.now());
  if (known !== undefined && !isToBeSentAgain(known, request))
    return redeliver(ports, known, request.taskToken);
  const undone = await findUndone(ports, request);
  if (undone !== undefined) return undone;
  if (known !== undefined) return sendAgain(ports, known, request);
  // A new try ends those before it, should one still be open: its task is gone.
  for (const earlier of before) await giveUpCommand(ports, earlier, 'the step was tried again');
  const task = { id, request: { ...request, attempt }, before };
  const issued = await withDestination(ports, task, async (destination) =>
    issueCommand(ports, await newCommand(ports, { id, ...destination }), { ...destination, ending }),
  );
  if (issued.await === 'none') await acknowledge(ports, issued);
  return issued;
}

/** An undo whose answer did not come may have been done: its device recognises it when it comes again. */
function isToBeSentAgain(known: Command, { taskToken }: CommandRequest): boolean {
  return isUnanswered(known) && !isAskedForBy(known, taskToken);
}

async function sendAgain(ports: DevicePorts, known: Command, request: CommandRequest): Promise<Command> {
  const {
    endedAt: _endedAt,
    error: _error,
    cause: _cause,
    sentAt: _sentAt,
    isUntold: _isUntold,
    ...rest
  } = known;
  const { device } = await namedDestination(ports, { ...request, device: known.device });
  const now = ports.clock.now();
  const again: Command = {
    ...rest,
    ...{ status: 'QUEUED', taskToken: request.taskToken, resends: (known.resends ?? 0) + 1 },
    ...{ queuedAt: now, expiresAt: now + request.expiresSeconds * 1_000 },
  };
  return issueCommand(ports, again, {
    device,
    condition: { attribute: 'status', equals: known.status },
  });
}

/** What is to be undone and has been, by a try whose answer came late: that counts, and the device is left alone. */
async function findUndone(
  { table, engine }: DevicePorts,
  request: CommandRequest,
): Promise<Command | undefined> {
  const undone = request.undoes === undefined ? undefined : await findCommand(table, request.undoes);
  if (undone?.undoneAt === undefined) return undefined;
  await engine.succeedTask(request.taskToken, null);
  return undone;
}

/** Thrown when a wait has ended before, because its command was issued, or nobody waits any more. Nothing was written. */
export class WaitEnded extends Error {
  override readonly name = 'WaitEnded';
}

/** Where a command goes, what ends with that, and what must be so of its record; that there is none, where nothing is said. */
interface Issuing extends Pick<Destination, 'device' | 'opening'> {
  readonly ending?: readonly Write[];
  readonly condition?: Condition;
}

/** Puts a new command on record, and on its way when the device is online and its slot free; else in its mailbox. */
export async function issueCommand(
  ports: DevicePorts,
  uncounted: Command,
  { device, opening = countOpen(uncounted), ending = [], condition = { exists: false } }: Issuing,
): Promise<Command> {
  const command: Command = { ...uncounted, isCounted: true };
  const sent: Command = { ...command, status: 'SENT', sentAt: command.queuedAt };
  try {
    if (device.status === 'online') {
      await ports.table.transact([
        { put: toCommandItem(sent), condition },
        takeSlot(sent, command.queuedAt),
        opening,
        ...ending,
      ]);
      await deliver(ports, sent);
      return sent;
    }
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    if (error.index === 0) return alreadyIssued(ports, command);
    if (error.index === OPENING) throw new ProbeTaken();
    if (error.index > OPENING) throw new WaitEnded();
  }
  return queue(ports, command, { condition, also: [opening, ...ending] });
}

/** Where the write that counts a command stands among those that put it on record. */
const OPENING = 2;

async function queue(
  ports: DevicePorts,
  command: Command,
  { condition, also }: { readonly condition: Condition; readonly also: readonly Write[] },
): Promise<Command> {
  try {
    await ports.table.transact([{ put: toCommandItem(command), condition }, enqueue(command), ...also]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    if (error.index === OPENING) throw new ProbeTaken();
    if (error.index > OPENING) throw new WaitEnded();
    return alreadyIssued(ports, command);
  }
  await ports.deadlines.schedule(commandDeadline(command), dueAt(command));
  // The slot may have become free, or the device come back, since we looked.
  await sendNext(ports, command.device);
  return command;
}

async function alreadyIssued(ports: DevicePorts, command: Command): Promise<Command> {
  const known = await findCommand(ports.table, command.id);
  return known === undefined ? command : redeliver(ports, known, command.taskToken);
}

async function redeliver(
  ports: DevicePorts,
  known: Command,
  taskToken: string | undefined,
): Promise<Command> {
  const command = await handOver(ports, known, taskToken);
  if (isInFlight(command)) await deliver(ports, command);
  else if (command.status === 'QUEUED')
    await ports.deadlines.schedule(commandDeadline(command), dueAt(command));
  else await answerTask(ports, command);
  if (command.await === 'none' && OPEN.includes(command.status)) await acknowledge(ports, command);
  return command;
}

/**
 * The task that waits for a command may be another than before, when it was redriven, or its call had failed: it is that which is
 * answered. So are the last few before, since calls may come late, and in another order.
 */
async function handOver(
  { table }: DevicePorts,
  known: Command,
  taskToken: string | undefined,
): Promise<Command> {
  if (taskToken === undefined || isAskedForBy(known, taskToken)) return known;
  const tokens = [...(known.earlierTokens ?? []), known.taskToken ?? ''].slice(-MOST_EARLIER_TOKENS);
  const earlierTokens = tokens.filter((token) => token !== '');
  try {
    await table.update({
      key: commandKey(known.id),
      set: { taskToken, earlierTokens },
      condition: { attribute: 'status', oneOf: [...OPEN] },
    });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
  return { ...((await findCommand(table, known.id)) ?? known), taskToken };
}

/** Tasks of calls before that are kept in mind. */
const MOST_EARLIER_TOKENS = 3;

/** Ends a command that nobody waits for any more, where it is open; what one does that has left is unknown. */
export async function giveUpCommand(ports: DevicePorts, command: Command, cause: string): Promise<void> {
  if (!OPEN.includes(command.status)) return;
  const status = command.status === 'QUEUED' ? 'CANCELLED' : 'TIMED_OUT';
  await completeCommand(ports, command, { status, error: 'Device.Timeout', cause });
}
