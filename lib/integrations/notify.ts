import { z } from 'zod';
import type { NotifyRequest } from '#compiler/call-payload.ts';
import { taskId } from '#compiler/task-id.ts';
import type { Clock } from '#core/clock.ts';
import { type JsonObject, JsonSchema } from '#core/json.ts';
import { notificationKeys } from '#table/keys.ts';
import type { Page, Table } from '#table/table.ts';
import type { Notification, Notifier } from './notifier.ts';

/** A notification on record. */
export const NotificationRecordSchema = z.object({
  id: z.string(),
  topic: z.string(),
  subject: z.string().optional(),
  /** The one person that it was for. */
  to: z.string().optional(),
  message: JsonSchema,
  /** Milliseconds since the Unix epoch. */
  sentAt: z.number(),
});

/** A notification on record. */
export type NotificationRecord = z.infer<typeof NotificationRecordSchema>;

/** What telling people takes. */
export interface NotifyPorts {
  readonly table: Table;
  readonly notifier: Notifier;
  readonly clock: Clock;
}

/** Seconds for which notifications stay on record. */
const RETENTION_SECONDS = 30 * 86_400;

/** Puts every notification on record before it is sent, without what of it is confidential. */
export function recordingNotifier({ table, notifier, clock }: NotifyPorts): Notifier {
  return {
    async send(notification) {
      await table.put(toItem(notification, clock.now()));
      await notifier.send(notification);
    },
  };
}

function toItem({ id, topic, subject, message, to }: Notification, sentAt: number) {
  const day = new Date(sentAt).toISOString().slice(0, 10);
  return {
    ...notificationKeys.notification(day, `${String(sentAt).padStart(15, '0')}#${id}`),
    ...{ id, topic, message, sentAt, expiresAt: Math.floor(sentAt / 1_000) + RETENTION_SECONDS },
    ...(subject === undefined ? {} : { subject }),
    ...(to === undefined ? {} : { to }),
  };
}

/** Sends the notification of a step. */
export async function notify(
  { notifier }: Pick<NotifyPorts, 'notifier'>,
  request: NotifyRequest,
): Promise<JsonObject> {
  const id = taskId(request);
  const { topic, subject, message } = request;
  await notifier.send({ id, topic, subject, message });
  return { notificationId: id };
}

/** One page of the notifications of a UTC day, the newest first. */
export async function listNotifications(
  table: Table,
  { day, ...page }: { readonly day: string; readonly limit?: number; readonly cursor?: string },
): Promise<{ readonly notifications: readonly NotificationRecord[]; readonly cursor?: string }> {
  const { items, cursor }: Page = await table.query({
    partition: notificationKeys.partition(day),
    descending: true,
    ...page,
  });
  const notifications = items.map((item) => NotificationRecordSchema.parse(item));
  return { notifications, ...(cursor === undefined ? {} : { cursor }) };
}
