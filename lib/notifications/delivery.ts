import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Deadline } from '#deadlines/deadlines.ts';
import { NamedReceiverSchema } from '#definition/receiver.ts';
import { notificationKeys } from '#table/notification-keys.ts';
import type { Item, Page, Table } from '#table/table.ts';
import { queryAll } from '#table/table.ts';
import { expiryOf } from './notification.ts';

/** How a delivery stands. `CANCELLED`: what it was about is over, and nobody needs it any more. */
export const DELIVERY_STATUSES = ['PENDING', 'DELIVERED', 'FAILED', 'CANCELLED'] as const;

const AddresseeSchema = z.object({ name: z.string(), receiver: NamedReceiverSchema });

/** A notification on its way to one receiver. Times are ms since the Unix epoch. */
export const DeliverySchema = z.object({
  /** The same each time that it is sent, by which a receiver knows what comes twice. */
  id: z.string(),
  notification: z.string(),
  sentAt: z.number(),
  /** Name of the receiver. */
  name: z.string(),
  receiver: NamedReceiverSchema,
  /** Who is told in its place, one after the other. */
  fallbacks: z.array(AddresseeSchema),
  /** The receiver that could not be told, in whose place this one is. */
  inPlaceOf: z.string().exactOptional(),
  status: z.enum(DELIVERY_STATUSES),
  /** How often it has been sent, or was about to be. */
  tries: z.number(),
  /** When it is tried next; while it is being tried, when that try counts as lost. */
  dueAt: z.number(),
  /** After which time it is tried no more. */
  until: z.number(),
  /** What went wrong last, and what to do about it. */
  error: z.object({ message: z.string(), hint: z.string().exactOptional(), at: z.number() }).exactOptional(),
  endedAt: z.number().exactOptional(),
  /** Grows with each change, so that of two who try at once one gives way. */
  revision: z.number(),
});

/** A notification on its way to one receiver. */
export type Delivery = z.infer<typeof DeliverySchema>;

/** Which delivery is meant. */
export type DeliveryRef = Pick<Delivery, 'notification' | 'name'>;

/** Id of a delivery on the wire: letters, digits, `-` and `_`, whatever the notification is called. */
export function deliveryId({ notification, name }: DeliveryRef): string {
  return createHash('sha256')
    .update(JSON.stringify([notification, name]))
    .digest('base64url')
    .slice(0, 27);
}

/** By which a delivery is woken. */
export function deliveryDeadline({ notification, name }: DeliveryRef): Deadline {
  return { kind: 'delivery', id: `${name} ${notification}` };
}

/** The delivery that a deadline wakes; names have no spaces. */
export function readDeliveryDeadline(id: string): DeliveryRef {
  const split = id.indexOf(' ');
  return { name: id.slice(0, split), notification: id.slice(split + 1) };
}

/** The item of a delivery, under the index that its status has. */
export function deliveryItem(delivery: Delivery): Item {
  const { notification, name, status, dueAt, endedAt = dueAt, sentAt } = delivery;
  const ref = `${name} ${notification}`;
  return {
    ...notificationKeys.delivery(notification, name),
    ...(status === 'PENDING' ? notificationKeys.byStatus(status, dueAt, ref) : {}),
    ...(status === 'FAILED' ? notificationKeys.byStatus(status, endedAt, ref) : {}),
    ...delivery,
    expiresAt: expiryOf(sentAt),
  };
}

/** A delivery, or undefined where there is none. */
export async function findDelivery(
  table: Table,
  { notification, name }: DeliveryRef,
): Promise<Delivery | undefined> {
  const item = await table.get(notificationKeys.delivery(notification, name));
  return item === undefined ? undefined : DeliverySchema.parse(item);
}

/** The deliveries of a notification, by name of the receiver. */
export async function deliveriesOf(table: Table, notification: string): Promise<readonly Delivery[]> {
  const query = {
    partition: notificationKeys.partition(notification),
    prefix: notificationKeys.deliveryPrefix,
  };
  const items = await Array.fromAsync(queryAll(table, query));
  return items.map((item) => DeliverySchema.parse(item));
}

/** One page of the deliveries that are to be tried, the next first, or of those that have failed, the last first. */
export async function listDeliveries(
  table: Table,
  {
    status,
    ...page
  }: { readonly status: 'PENDING' | 'FAILED'; readonly limit?: number; readonly cursor?: string },
): Promise<{ readonly deliveries: readonly Delivery[]; readonly cursor?: string }> {
  const { items, cursor }: Page = await table.query({
    index: 'gsi2',
    partition: notificationKeys.status(status),
    descending: status === 'FAILED',
    ...page,
  });
  const deliveries = items.map((item) => DeliverySchema.parse(item));
  return { deliveries, ...(cursor === undefined ? {} : { cursor }) };
}

/** Every delivery that is to be tried. */
export async function* pendingDeliveries(table: Table): AsyncGenerator<Delivery> {
  const query = { index: 'gsi2', partition: notificationKeys.status('PENDING') } as const;
  for await (const item of queryAll(table, query)) yield DeliverySchema.parse(item);
}
