import { StepwrightError } from '#core/error.ts';
import type { Command } from './command.ts';
import { getCommand } from './command-store.ts';
import { completeCommand } from './complete.ts';
import type { DevicePorts } from './ports.ts';

/** Who cancels a command, and why. */
export interface Canceller {
  readonly by: string;
  readonly reason?: string | undefined;
}

/**
 * Takes back a command that waits in the mailbox of its device; the step that waits for it fails with Device.Cancelled. Throws
 * SW4042 for an unknown command, SW4072 for one that has left: only its device can say what becomes of it.
 */
export async function cancelCommand(
  ports: DevicePorts,
  id: string,
  { by, reason }: Canceller,
): Promise<Command> {
  const command = await getCommand(ports.table, id);
  if (command.status !== 'QUEUED') throw hasLeft(command);
  const cancelled = await completeCommand(ports, command, {
    status: 'CANCELLED',
    error: 'Device.Cancelled',
    cause: reason === undefined ? `cancelled by ${by}` : `cancelled by ${by}: ${reason}`,
  });
  // It may have left while it was about to be taken back.
  if (cancelled.status !== 'CANCELLED') throw hasLeft(cancelled);
  return cancelled;
}

function hasLeft({ id, status, device, endedAt }: Command): StepwrightError {
  return new StepwrightError({
    code: 'SW4072',
    kind: 'conflict',
    message: `the command "${id}" is ${status}, and can be cancelled only while it waits`,
    hint:
      endedAt === undefined
        ? `it is for the device "${device}" to say what becomes of it`
        : 'GET /v1/commands/{id} tells how it ended',
  });
}
