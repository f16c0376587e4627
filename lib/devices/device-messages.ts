import { assertNever } from '#core/assert-never.ts';
import { commandKey } from '#table/keys.ts';
import { ConditionFailed } from '#table/table.ts';
import { OPEN } from './command.ts';
import { findCommand } from './command-store.ts';
import { acknowledge, answerTask, completeCommand, isInFlight } from './complete.ts';
import { deliver, sendNext, slotHolder } from './mailbox.ts';
import { markByLateAnswer } from './marks.ts';
import type { AnswerMessage, PresenceMessage } from './messages.ts';
import type { DevicePorts } from './ports.ts';
import { findDevice, registerDevice } from './registry.ts';
import { registerAndWake } from './wake-waits.ts';

/** What a device said, checked. `ignored` says why a message had no effect. */
export type Reception = 'accepted' | 'duplicate' | 'ignored';

/**
 * Takes what a device says of a command. An answer counts once, and only from the device that the command went to;
 * anything late, forged or repeated changes nothing but what is known of a command whose outcome was not.
 */
export async function receiveAnswer(
  ports: DevicePorts,
  device: string,
  answer: AnswerMessage,
): Promise<Reception> {
  const command = await findCommand(ports.table, answer.id);
  if (command === undefined || command.device !== device) return 'ignored';
  if (!OPEN.includes(command.status)) {
    const { status } = answer;
    if (await markByLateAnswer(ports.table, command, { status, at: ports.clock.now() })) return 'accepted';
    // The task's answer may have been lost with the process that gave it.
    await answerTask(ports, command);
    return 'duplicate';
  }
  if (!isInFlight(command)) return 'ignored';
  switch (answer.status) {
    case 'DELIVERED':
    case 'RUNNING':
      if (command.await === 'ack') await acknowledge(ports, command);
      return advance(ports, answer);
    case 'SUCCEEDED':
      await completeCommand(ports, command, {
        status: 'SUCCEEDED',
        result: answer.result ?? null,
        reported: answer.reported ?? {},
      });
      return 'accepted';
    case 'FAILED':
      await completeCommand(ports, command, {
        status: 'FAILED',
        error: answer.error ?? 'Device.Failed',
        cause: answer.cause ?? `device "${device}" reported a failure of ${command.command}`,
        reported: answer.reported ?? {},
      });
      return 'accepted';
    default:
      return assertNever(answer);
  }
}

/** A command only moves on: DELIVERED, then RUNNING. */
async function advance(
  { table, clock }: DevicePorts,
  { id, status }: { readonly id: string; readonly status: 'DELIVERED' | 'RUNNING' },
): Promise<Reception> {
  try {
    const moment = status === 'DELIVERED' ? 'deliveredAt' : 'runningAt';
    await table.update({
      key: commandKey(id),
      set: { status, [moment]: clock.now() },
      condition: { attribute: 'status', oneOf: status === 'DELIVERED' ? ['SENT'] : ['SENT', 'DELIVERED'] },
    });
    return 'accepted';
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return 'duplicate';
  }
}

/**
 * Takes a device's coming and going. One that comes is registered by it, gets again what was in flight when it went (it
 * knows what it has done already), and then what waits in its mailbox.
 */
export async function receivePresence(
  ports: DevicePorts,
  device: string,
  presence: PresenceMessage,
): Promise<Reception> {
  const now = ports.clock.now();
  if (presence.status === 'offline' && presence.type === undefined) {
    if ((await findDevice(ports.table, device)) === undefined) return 'ignored';
    await registerDevice(ports, { id: device, status: 'offline', lastSeenAt: now });
    return 'accepted';
  }
  const reportedAt = presence.reported === undefined ? {} : { reportedAt: now };
  await registerAndWake(ports, { ...withoutUndefined(presence), id: device, lastSeenAt: now, ...reportedAt });
  if (presence.status === 'online') await resume(ports, device);
  return 'accepted';
}

async function resume(ports: DevicePorts, device: string): Promise<void> {
  const holder = await slotHolder(ports, device);
  const command = holder === undefined ? undefined : await findCommand(ports.table, holder);
  if (command !== undefined && isInFlight(command)) await deliver(ports, command);
  else await sendNext(ports, device);
}

function withoutUndefined<T extends object>(value: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
  return JSON.parse(JSON.stringify(value));
}
