import * as z from 'zod';
import {
  DeliveryDocument as DeliverySchema,
  NotificationDocument as NotificationSchema,
  WholeNotificationDocument as WholeNotificationSchema,
} from '#api/notification-documents.ts';
import { callApi, type Server } from '../api-client.ts';

/** A notification, as the API tells it. */
export type NotificationDocument = z.output<typeof NotificationSchema>;

/** A notification with its deliveries. */
export type WholeNotification = z.output<typeof WholeNotificationSchema>;

/** A delivery, as the API tells it. */
export type DeliveryDocument = z.output<typeof DeliverySchema>;

/** Most that a list shows: one who looks for more asks for another day. */
const LIMIT = '200';

const NotificationsSchema = z.object({ notifications: z.array(NotificationSchema) });
const DeliveriesSchema = z.object({ deliveries: z.array(DeliverySchema) });
const TestSchema = z.object({ notificationId: z.string() });

/** What was told last on a day (UTC), the newest first; default today. */
export async function fetchNotifications(
  server: Server,
  day: string | undefined,
): Promise<readonly NotificationDocument[]> {
  const query: Readonly<Record<string, string>> = {
    limit: LIMIT,
    ...(day === undefined ? {} : { day }),
  };
  const call = { method: 'GET', path: ['notifications'], query, answer: NotificationsSchema } as const;
  return (await callApi(server, call)).document.notifications;
}

/** Deliveries that have failed, or are to be tried. */
export async function fetchDeliveries(
  server: Server,
  status: 'PENDING' | 'FAILED',
): Promise<readonly DeliveryDocument[]> {
  const query = { limit: LIMIT, status };
  const call = { method: 'GET', path: ['deliveries'], query, answer: DeliveriesSchema } as const;
  return (await callApi(server, call)).document.deliveries;
}

/** One notification. */
export async function fetchNotification(server: Server, id: string): Promise<WholeNotification> {
  const call = { method: 'GET', path: ['notifications', id], answer: WholeNotificationSchema } as const;
  return (await callApi(server, call)).document;
}

/** Has a notification sent again. */
export async function sendRetry(
  server: Server,
  id: string,
  receiver: string | undefined,
): Promise<WholeNotification> {
  const body = receiver === undefined ? {} : { receiver };
  const path = ['notifications', id, 'retry'];
  return (await callApi(server, { method: 'POST', path, body, answer: WholeNotificationSchema })).document;
}

/** Has a message sent to a receiver; gives the id of the notification. */
export async function sendTest(server: Server, receiver: string): Promise<string> {
  const path = ['receivers', receiver, 'test'];
  return (await callApi(server, { method: 'POST', path, answer: TestSchema })).document.notificationId;
}
