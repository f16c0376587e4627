import { type Command, commandDeadline, dueAt, OPEN } from './command.ts';
import { commandsOf, findCommand, isUnder, openCommands } from './command-store.ts';
import { completeCommand, isInFlight } from './complete.ts';
import { deliver, sendNext } from './mailbox.ts';
import type { DevicePorts } from './ports.ts';
import { cancelRouteWaits } from './route-wait.ts';

/**
 * Looks at a command whose deadline may have come. One that still waits has EXPIRED; one that was sent has TIMED_OUT, and
 * what it did is unknown. Before its time it is only scheduled again; ended, nothing happens.
 */
export async function expireCommand(ports: DevicePorts, commandId: string): Promise<void> {
  const command = await findCommand(ports.table, commandId);
  if (command === undefined || !OPEN.includes(command.status)) return;
  if (ports.clock.now() < dueAt(command)) {
    await ports.deadlines.schedule(commandDeadline(command), dueAt(command));
    return;
  }
  await completeCommand(ports, command, isInFlight(command) ? timedOut(command) : expired(command));
}

function timedOut(command: Command) {
  return {
    status: 'TIMED_OUT',
    error: 'Device.Timeout',
    cause: `device "${command.device}" did not answer ${command.command} within ${command.timeoutMs / 1_000} s; what it did is unknown`,
  } as const;
}

function expired(command: Command) {
  return {
    status: 'EXPIRED',
    error: 'Device.Expired',
    cause: `${command.command} was not delivered to device "${command.device}" within ${(command.expiresAt - command.queuedAt) / 1_000} s`,
  } as const;
}

/**
 * Takes back the commands of an execution, or of one of its iterations (`scope` is its path), that have not left yet.
 * Those in flight end by their answer or deadline, and undo commands are let through.
 */
export async function cancelQueuedCommands(
  ports: DevicePorts,
  { execution, scope }: { readonly execution: string; readonly scope: string },
): Promise<void> {
  await cancelRouteWaits(ports.table, { execution, scope });
  for (const command of await commandsOf(ports.table, execution)) {
    if (command.status !== 'QUEUED' || command.undoes !== undefined || !isUnder(command, scope)) continue;
    await completeCommand(ports, command, {
      status: 'CANCELLED',
      error: 'Device.Cancelled',
      cause: 'the execution ended before the command was sent',
    });
  }
}

/** After a restart: sends again what is in flight, wakes mailboxes, and schedules every deadline. */
export async function recoverOpenCommands(ports: DevicePorts): Promise<void> {
  for await (const command of openCommands(ports.table)) {
    if (ports.clock.now() >= dueAt(command)) await expireCommand(ports, command.id);
    else if (isInFlight(command)) await deliver(ports, command);
    else {
      await ports.deadlines.schedule(commandDeadline(command), dueAt(command));
      await sendNext(ports, command.device);
    }
  }
}
