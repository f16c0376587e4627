import type { Clock } from '#core/clock.ts';
import type { Deadlines } from '#deadlines/deadlines.ts';
import { ConditionFailed, type Table } from '#table/table.ts';
import { type Line, linesOf, type Ways } from './addressees.ts';
import { type Delivery, deliveriesOf, deliveryDeadline, deliveryId, deliveryItem } from './delivery.ts';
import { noteIncident } from './incident.ts';
import { notificationItem } from './notification.ts';
import type { Notification, Notifier } from './notifier.ts';
import { lastTryAt } from './patience.ts';
import { findNotificationSettings } from './settings.ts';

/** What putting notifications on their way takes. */
export interface OutboxPorts {
  readonly table: Table;
  readonly deadlines: Deadlines;
  readonly clock: Clock;
  readonly ways: Ways;
}

/** After which time it is looked whether all deliveries of a notification have begun, in ms. */
const LOOK_MS = 60_000;

/**
 * Puts every notification on record before it is sent, in one write with a delivery for each who is told of it. Told twice under one
 * id, it is sent once; and deliveries that a process has ended before it could begin them are begun then.
 */
export function outboxNotifier(ports: OutboxPorts): Notifier {
  return {
    send: async (notification) => {
      const { table, clock } = ports;
      const sentAt = Math.floor(clock.now());
      const settings = await findNotificationSettings(table);
      const lines = linesOf(settings, notification, ports.ways);
      const deliveries = lines.map((line) => newDelivery(notification, line, sentAt));
      await look(ports, notification, deliveries);
      await noteIncident(table, notification, sentAt);
      if (await isPut(table, notification, { sentAt, deliveries })) await begin(ports, deliveries);
      else await beginDeliveries(ports, notification.id);
    },
  };
}

function newDelivery({ id, isTest = false }: Notification, line: Line, sentAt: number): Delivery {
  const [{ name, receiver }, ...rest] = line;
  const fallbacks = isTest ? [] : rest;
  return {
    ...{ id: deliveryId({ notification: id, name }), notification: id, sentAt, name, receiver, fallbacks },
    ...{ status: 'PENDING', tries: 0, dueAt: sentAt, revision: 0 },
    until: isTest ? sentAt : lastTryAt({ fallbacks }, sentAt),
  };
}

/** Asked for before they are written: should this process end in between, they are begun by the look. */
async function look(
  { deadlines, clock }: OutboxPorts,
  { id }: Notification,
  deliveries: readonly Delivery[],
): Promise<void> {
  if (deliveries.length === 0) return;
  await deadlines.schedule(deliveryDeadline({ notification: id, name: '' }), clock.now() + LOOK_MS);
}

async function isPut(
  table: Table,
  notification: Notification,
  { sentAt, deliveries }: { readonly sentAt: number; readonly deliveries: readonly Delivery[] },
): Promise<boolean> {
  const put = notificationItem(notification, { sentAt, pending: deliveries.length });
  const condition = { exists: false };
  try {
    if (deliveries.length === 0) await table.put(put, condition);
    else await table.transact([{ put, condition }, ...deliveries.map((one) => ({ put: deliveryItem(one) }))]);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}

async function begin(
  { deadlines }: Pick<OutboxPorts, 'deadlines'>,
  deliveries: readonly Delivery[],
): Promise<void> {
  await Promise.all(deliveries.map((one) => deadlines.schedule(deliveryDeadline(one), one.dueAt)));
}

/** Begins the deliveries of a notification that have not been begun. */
export async function beginDeliveries(
  ports: Pick<OutboxPorts, 'table' | 'deadlines'>,
  notification: string,
): Promise<void> {
  const deliveries = await deliveriesOf(ports.table, notification);
  await begin(
    ports,
    deliveries.filter(({ status, tries }) => status === 'PENDING' && tries === 0),
  );
}
