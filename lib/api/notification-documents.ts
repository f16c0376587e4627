import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import { DELIVERY_STATUSES, type Delivery } from '#notifications/delivery.ts';
import type { NotificationRecord } from '#notifications/notification.ts';
import { instant } from './documents.ts';

/** A notification on its way to one receiver. */
export const DeliveryDocument = z
  .object({
    id: z
      .string()
      .describe('Id on the wire: `webhook-id`, `Stepwright-Delivery-Id`; of PagerDuty the `dedup_key`.'),
    notification: z.string(),
    receiver: z
      .string()
      .describe('Its name; `email:` and `topic:` with an address or a topic have none of their own.'),
    kind: z.enum(['topic', 'email', 'webhook', 'slack', 'pagerduty']),
    status: z.enum(DELIVERY_STATUSES),
    tries: z.number().int(),
    nextTryAt: z.string().optional().describe('While it is PENDING; after it, when it is being tried.'),
    givenUpAt: z.string().optional().describe('While it is PENDING: after which time it is tried no more.'),
    endedAt: z.string().optional(),
    inPlaceOf: z.string().optional().describe('The receiver that could not be told.'),
    error: z
      .object({ message: z.string(), hint: z.string().optional(), at: z.string() })
      .optional()
      .describe('What went wrong last, and what to do about it.'),
  })
  .meta({ id: 'Delivery' });

/** A delivery as the API tells it. Where it goes is told by name alone: addresses may be secret. */
export function toDeliveryDocument(delivery: Delivery): z.input<typeof DeliveryDocument> {
  const { id, notification, name, receiver, status, tries, dueAt, until, endedAt, inPlaceOf, error } =
    delivery;
  return {
    ...{ id, notification, receiver: name, kind: kindOf(receiver), status, tries },
    ...(status === 'PENDING' ? { nextTryAt: instant(dueAt), givenUpAt: instant(until) } : {}),
    ...(endedAt === undefined ? {} : { endedAt: instant(endedAt) }),
    ...(inPlaceOf === undefined ? {} : { inPlaceOf }),
    ...(error === undefined ? {} : { error: { ...error, at: instant(error.at) } }),
  };
}

function kindOf(receiver: Delivery['receiver']): z.input<typeof DeliveryDocument>['kind'] {
  if ('topic' in receiver) return 'topic';
  if ('email' in receiver) return 'email';
  if ('webhook' in receiver) return 'webhook';
  return 'slack' in receiver ? 'slack' : 'pagerduty';
}

/** A notification. */
export const NotificationDocument = z
  .object({
    id: z.string(),
    topic: z.string(),
    subject: z.string().optional(),
    to: z.string().optional().describe('The one person that it was for.'),
    message: JsonSchema,
    sentAt: z.string(),
    pending: z.number().int().describe('Deliveries that are to be tried yet.'),
    delivered: z.number().int().describe('Deliveries that have arrived.'),
    failed: z.number().int().describe('Deliveries that have been given up.'),
    cancelled: z.number().int().describe('Deliveries that nobody needs any more.'),
  })
  .meta({ id: 'Notification' });

/** A notification with its deliveries. */
export const WholeNotificationDocument = NotificationDocument.extend({
  deliveries: z.array(DeliveryDocument),
}).meta({ id: 'WholeNotification' });

/** A notification as the API tells it. */
export function toNotificationDocument(record: NotificationRecord): z.input<typeof NotificationDocument> {
  const { confidential: _made, incident: _incident, sentAt, ...told } = record;
  return { ...told, sentAt: instant(sentAt) };
}
