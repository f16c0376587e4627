import * as z from 'zod';
import { deviceKeys } from '#table/keys.ts';
import { ConditionFailed, type Write } from '#table/table.ts';
import { type Command, commandDeadline, dueAt, IN_FLIGHT, toCommandItem } from './command.ts';
import { findCommand } from './command-store.ts';
import type { CommandMessage } from './messages.ts';
import type { DevicePorts } from './ports.ts';
import { findDevice } from './registry.ts';

/** How much longer than its command's timeout a slot is held, should nobody free it; in ms. */
const SLOT_GRACE_MS = 60_000;

const EntrySchema = z.object({ pk: z.string(), sk: z.string(), command: z.string() });
const SlotSchema = z.object({ command: z.string() });

/** Takes the one slot of a device for a command: free, or left behind by one that is long overdue. */
export function takeSlot(command: Command, now: number): Write {
  return {
    put: {
      ...deviceKeys.slot(command.device),
      command: command.id,
      until: now + command.timeoutMs + SLOT_GRACE_MS,
    },
    condition: {
      any: [
        { exists: false },
        { attribute: 'until', below: now },
        { attribute: 'command', equals: command.id },
      ],
    },
  };
}

/** Frees the slot of a device, if this command holds it. */
export function freeSlot(command: Command): Write {
  return {
    delete: deviceKeys.slot(command.device),
    condition: { any: [{ exists: false }, { attribute: 'command', equals: command.id }] },
  };
}

/** Puts a command in the mailbox of its device. */
export function enqueue(command: Command): Write {
  return { put: { ...mailboxKey(command), command: command.id } };
}

/** Takes a command out of the mailbox of its device. */
export function dequeue(command: Command): Write {
  return { delete: mailboxKey(command) };
}

function mailboxKey({ device, priority, queuedAt, id }: Command): { pk: string; sk: string } {
  return deviceKeys.mailbox(device, priority, queuedAt, id);
}

/** What a device has to do. */
export interface Mailbox {
  /** The command that it was sent, and has not ended. */
  readonly inFlight: Command | undefined;
  /** Those that wait, in the order in which they will be sent. */
  readonly waiting: readonly Command[];
}

/** So many commands of a mailbox are told of: the next ones. */
const MOST_TOLD = 100;

/** What a device has to do, as it is now. */
export async function mailboxOf({ table }: Pick<DevicePorts, 'table'>, device: string): Promise<Mailbox> {
  const partition = deviceKeys.partition(device);
  const { items } = await table.query({ partition, prefix: deviceKeys.mailboxPrefix, limit: MOST_TOLD });
  const found = await Promise.all(items.map((item) => findCommand(table, EntrySchema.parse(item).command)));
  const holder = await slotHolder({ table }, device);
  const sent = holder === undefined ? undefined : await findCommand(table, holder);
  return {
    inFlight: sent !== undefined && IN_FLIGHT.includes(sent.status) ? sent : undefined,
    waiting: found.flatMap((command) => (command?.status === 'QUEUED' ? [command] : [])),
  };
}

/** The command that holds the slot of a device, when one does. */
export async function slotHolder(
  { table }: Pick<DevicePorts, 'table'>,
  device: string,
): Promise<string | undefined> {
  const item = await table.get(deviceKeys.slot(device));
  return item === undefined ? undefined : SlotSchema.parse(item).command;
}

/** Sends the next command of a device's mailbox, if the device is online and its slot is free. */
export async function sendNext(ports: DevicePorts, device: string): Promise<void> {
  for (;;) {
    const { items } = await ports.table.query({
      partition: deviceKeys.partition(device),
      prefix: deviceKeys.mailboxPrefix,
      limit: 1,
    });
    const [first] = items;
    if (first === undefined || (await findDevice(ports.table, device))?.status !== 'online') return;
    const entry = EntrySchema.parse(first);
    const command = await findCommand(ports.table, entry.command);
    if (command?.status !== 'QUEUED') await ports.table.delete({ pk: entry.pk, sk: entry.sk });
    else if (ports.clock.now() >= command.expiresAt) await leaveToDeadline(ports, command);
    else if ((await sendQueued(ports, command)) !== 'again') return;
  }
}

/** A command that has expired is not sent, however late its deadline comes. */
async function leaveToDeadline(ports: DevicePorts, expired: Command): Promise<void> {
  await ports.deadlines.schedule(commandDeadline(expired), expired.expiresAt);
  await ports.table.delete(mailboxKey(expired));
}

async function sendQueued(ports: DevicePorts, queued: Command): Promise<'sent' | 'busy' | 'again'> {
  const now = ports.clock.now();
  const sent: Command = { ...queued, status: 'SENT', sentAt: now };
  try {
    await ports.table.transact([
      takeSlot(sent, now),
      { put: toCommandItem(sent), condition: { attribute: 'status', equals: 'QUEUED' } },
      dequeue(queued),
    ]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return error.index === 0 ? 'busy' : 'again';
  }
  await deliver(ports, sent);
  return 'sent';
}

/** Asks to be woken when a command that is on record as sent is overdue, and hands it to the transport, which may fail. */
export async function deliver(ports: DevicePorts, command: Command): Promise<void> {
  await ports.deadlines.schedule(commandDeadline(command), dueAt(command));
  await ports.transport.send(command.device, toMessage(command, ports.clock.now()));
}

function toMessage(command: Command, now: number): CommandMessage {
  return {
    id: command.id,
    command: command.command,
    with: command.with,
    issuedAt: command.sentAt ?? now,
    timeoutMs: command.timeoutMs,
    ...(command.traceparent === undefined ? {} : { traceparent: command.traceparent }),
  };
}
