import * as z from 'zod';
import type { ExecutionPorts } from '#executions/ports.ts';
import { deliveriesOf, listDeliveries } from '#notifications/delivery.ts';
import { getNotification, listNotifications } from '#notifications/notification.ts';
import { retryDeliveries } from '#notifications/retry.ts';
import { instant } from '../documents.ts';
import {
  DeliveryDocument,
  NotificationDocument,
  toDeliveryDocument,
  toNotificationDocument,
  WholeNotificationDocument,
} from '../notification-documents.ts';
import { PageQuerySchema, pageOf, pageSchema } from '../paging.ts';
import { defineRoute, UNREAD } from '../route.ts';

const NotificationsQuery = PageQuerySchema.extend({
  day: z.iso.date().optional().describe('A day (UTC); default today.'),
});

const DeliveriesQuery = PageQuerySchema.extend({
  status: z.enum(['PENDING', 'FAILED']).default('FAILED').describe('Which ones.'),
});

async function toWholeNotification(
  { table }: Pick<ExecutionPorts, 'table'>,
  id: string,
): Promise<z.input<typeof WholeNotificationDocument>> {
  const deliveries = (await deliveriesOf(table, id)).map(toDeliveryDocument);
  return { ...toNotificationDocument(await getNotification(table, id)), deliveries };
}

/** Routes of what people and services are told, and what has become of it. */
export const NOTIFICATION_ROUTES = [
  defineRoute({
    method: 'GET',
    path: '/v1/notifications',
    summary: 'List what people have been told on a day, the newest first',
    query: NotificationsQuery,
    body: UNREAD,
    answers: { 200: { description: 'A page.', schema: pageSchema('notifications', NotificationDocument) } },
    serve: async ({ table, clock }, { query }) => {
      const { day = instant(clock.now()).slice(0, 10) } = query;
      const { notifications, ...rest } = await listNotifications(table, { day, ...pageOf(query) });
      return { status: 200, document: { notifications: notifications.map(toNotificationDocument), ...rest } };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/notifications/{id}',
    summary: 'Read a notification, with what has become of it at each receiver',
    query: UNREAD,
    body: UNREAD,
    answers: { 200: { description: 'The notification.', schema: WholeNotificationDocument } },
    serve: async (ports, { params }) => ({
      status: 200,
      document: await toWholeNotification(ports, params['id'] ?? ''),
    }),
  }),
  defineRoute({
    method: 'POST',
    path: '/v1/notifications/{id}/retry',
    summary: 'Send a notification again, now, to those that it has not arrived at',
    query: UNREAD,
    body: z.object({
      receiver: z.string().max(512).optional().describe('Only to this one. Default: to all of them.'),
    }),
    answers: { 202: { description: 'It is sent again.', schema: WholeNotificationDocument } },
    serve: async (ports, { params, body }) => {
      const id = params['id'] ?? '';
      await retryDeliveries(ports, id, body.receiver);
      return { status: 202, document: await toWholeNotification(ports, id) };
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/v1/deliveries',
    summary:
      'List deliveries of notifications that have failed, the last first, or are to be tried, the next first',
    query: DeliveriesQuery,
    body: UNREAD,
    answers: { 200: { description: 'A page.', schema: pageSchema('deliveries', DeliveryDocument) } },
    serve: async ({ table }, { query }) => {
      const { deliveries, ...rest } = await listDeliveries(table, { status: query.status, ...pageOf(query) });
      return { status: 200, document: { deliveries: deliveries.map(toDeliveryDocument), ...rest } };
    },
  }),
];
