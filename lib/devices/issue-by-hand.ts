import { StepwrightError } from '#core/error.ts';
import { newId } from '#core/id.ts';
import type { JsonObject } from '#core/json.ts';
import type { Command } from './command.ts';
import { issueCommand } from './dispatch.ts';
import type { DevicePorts } from './ports.ts';
import { getDevice } from './registry.ts';

/** A command that no step asks for. */
export interface CommandByHand {
  readonly device: string;
  readonly command: string;
  readonly with: JsonObject;
  readonly timeoutSeconds: number;
  /** How long it may wait for a device that is offline; 0: not at all. */
  readonly expiresSeconds: number;
  readonly priority: number;
}

/** Sends a command that no step asks for. Throws SW4041 for an unknown device, SW4024 for one that is offline. */
export async function issueByHand(
  ports: DevicePorts,
  { timeoutSeconds, expiresSeconds, ...request }: CommandByHand,
): Promise<Command> {
  const device = await getDevice(ports.table, request.device);
  if (device.status !== 'online' && expiresSeconds === 0) {
    throw new StepwrightError({
      code: 'SW4024',
      kind: 'conflict',
      message: `device "${device.id}" is offline`,
      hint: 'give "expiresSeconds" to let the command wait for it',
    });
  }
  const queuedAt = ports.clock.now();
  const command: Command = {
    ...request,
    id: newId(ports.clock, ports.random),
    status: 'QUEUED',
    attempt: 0,
    timeoutMs: timeoutSeconds * 1_000,
    queuedAt,
    expiresAt: queuedAt + (expiresSeconds === 0 ? timeoutSeconds : expiresSeconds) * 1_000,
  };
  return issueCommand(ports, command, { device });
}
