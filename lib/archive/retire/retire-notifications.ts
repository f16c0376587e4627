import { toDeliveryDocument, toNotificationDocument } from '#api/notification-documents.ts';
import { deliveriesOf } from '#notifications/delivery.ts';
import { type NotificationRecord, NotificationRecordSchema } from '#notifications/notification.ts';
import { notificationKeys } from '#table/notification-keys.ts';
import type { Table } from '#table/table.ts';
import { lineOf } from '../write/line-of.ts';
import type { Retired, RetireOptions, RetirePorts } from './ports.ts';
import { retireByDay } from './retire-by-day.ts';

/** Archives and deletes the notifications whose time is over, with their deliveries; one that is still to be delivered is not. */
export function retireNotifications(ports: RetirePorts, { times, pace }: RetireOptions): Promise<Retired> {
  const { table, clock } = ports;
  const before = clock.now() - times.notifications;
  return retireByDay<NotificationRecord>(ports, pace, {
    kind: 'notifications',
    before,
    query: (day) => ({ index: 'gsi1', partition: notificationKeys.day(day) }),
    read: (item) => NotificationRecordSchema.parse(item),
    isDue: ({ sentAt, pending }) => sentAt < before && pending === 0,
    toLine: async (record) => {
      const deliveries = (await deliveriesOf(table, record.id)).map(toDeliveryDocument);
      return lineOf({ ...toNotificationDocument(record), deliveries });
    },
    drop: ({ id }) => dropNotification(table, id),
  });
}

/** The notification last, so that what is interrupted is found again. */
async function dropNotification(table: Table, id: string): Promise<true> {
  for (const { name } of await deliveriesOf(table, id))
    await table.delete(notificationKeys.delivery(id, name));
  await table.delete(notificationKeys.meta(id));
  return true;
}
