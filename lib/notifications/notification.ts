import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';
import { JsonSchema } from '#core/json.ts';
import { notificationKeys } from '#table/notification-keys.ts';
import type { Item, Page, Table } from '#table/table.ts';
import { ConfidentialPartSchema, IncidentSchema, type Notification } from './notifier.ts';

/** A notification on record. Of what is confidential, it has only what that is made of. */
export const NotificationRecordSchema = z.object({
  id: z.string(),
  topic: z.string(),
  subject: z.string().exactOptional(),
  /** The one person that it was for. */
  to: z.string().exactOptional(),
  message: JsonSchema,
  confidential: ConfidentialPartSchema.exactOptional(),
  incident: IncidentSchema.exactOptional(),
  /** Milliseconds since the Unix epoch. */
  sentAt: z.number(),
  /** How many deliveries of it are to be tried yet, have arrived, have failed for good, are needed no more. */
  pending: z.number().default(0),
  delivered: z.number().default(0),
  failed: z.number().default(0),
  cancelled: z.number().default(0),
});

/** A notification on record. */
export type NotificationRecord = z.infer<typeof NotificationRecordSchema>;

/** Seconds for which notifications, and what came of them, stay on record. */
const RETENTION_SECONDS = 30 * 86_400;

/** When the store may drop what belongs to a notification, in seconds since the Unix epoch. */
export function expiryOf(sentAt: number): number {
  return Math.floor(sentAt / 1_000) + RETENTION_SECONDS;
}

/** The item of a new notification. */
export function notificationItem(
  notification: Notification,
  { sentAt, pending }: Pick<NotificationRecord, 'sentAt' | 'pending'>,
): Item {
  const { id, topic, subject, message, to, confidential, incident } = notification;
  return {
    ...notificationKeys.meta(id),
    ...notificationKeys.byDay(new Date(sentAt).toISOString().slice(0, 10), sentAt, id),
    ...{ id, topic, message, sentAt, pending, expiresAt: expiryOf(sentAt) },
    ...(subject === undefined ? {} : { subject }),
    ...(to === undefined ? {} : { to }),
    ...(confidential === undefined ? {} : { confidential }),
    ...(incident === undefined ? {} : { incident }),
  };
}

/** A notification, or undefined where there is none. */
export async function findNotification(table: Table, id: string): Promise<NotificationRecord | undefined> {
  const item = await table.get(notificationKeys.meta(id));
  return item === undefined ? undefined : NotificationRecordSchema.parse(item);
}

/** A notification. Throws SW4201. */
export async function getNotification(table: Table, id: string): Promise<NotificationRecord> {
  const found = await findNotification(table, id);
  if (found !== undefined) return found;
  throw new StepwrightError({
    code: 'SW4201',
    kind: 'not-found',
    message: `there is no notification "${id}"`,
    hint: 'GET /v1/notifications lists those of a day; they are kept for 30 days',
  });
}

/** One page of the notifications of a UTC day, the newest first. */
export async function listNotifications(
  table: Table,
  { day, ...page }: { readonly day: string; readonly limit?: number; readonly cursor?: string },
): Promise<{ readonly notifications: readonly NotificationRecord[]; readonly cursor?: string }> {
  const { items, cursor }: Page = await table.query({
    index: 'gsi1',
    partition: notificationKeys.day(day),
    descending: true,
    ...page,
  });
  const notifications = items.map((item) => NotificationRecordSchema.parse(item));
  return { notifications, ...(cursor === undefined ? {} : { cursor }) };
}
