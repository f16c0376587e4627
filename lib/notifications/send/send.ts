import type { NamedReceiver } from '#definition/receiver.ts';
import type { Delivery } from '../delivery.ts';
import type { NotificationRecord } from '../notification.ts';
import type { ConfidentialPart } from '../notifier.ts';
import { sendEmail } from './email.ts';
import type { Letter } from './letter.ts';
import type { Mailer } from './mailer.ts';
import { sendPagerDuty } from './pagerduty.ts';
import type { PostPorts } from './post.ts';
import { sendSlack } from './slack.ts';
import type { TopicPublisher } from './topics.ts';
import { sendWebhook } from './webhook.ts';

/** What sending takes. */
export interface SendPorts extends PostPorts {
  /** Undefined: no mail can be sent. */
  readonly mailer: Mailer | undefined;
  /** Undefined: a topic is told by the record alone, and whoever reads it. */
  readonly topics: TopicPublisher | undefined;
  /** Makes what is confidential of a message; undefined when nobody needs it any more. */
  makeConfidential(part: ConfidentialPart, to: string): Promise<{ readonly link: string } | undefined>;
}

/**
 * Sends a notification to one receiver. What is confidential is made now, and goes to the receivers of the person that it is for, not to
 * those in their place. Throws {@link DeliveryFailure}.
 */
export async function send(
  ports: SendPorts,
  delivery: Pick<Delivery, 'id' | 'receiver' | 'inPlaceOf'>,
  notification: NotificationRecord,
): Promise<'DELIVERED' | 'CANCELLED'> {
  const { confidential, to = '' } = notification;
  const made = confidential && (await ports.makeConfidential(confidential, to));
  if (confidential !== undefined && made === undefined) return 'CANCELLED';
  const link = delivery.inPlaceOf === undefined ? made?.link : undefined;
  const letter = { ...notification, id: delivery.id, notification: notification.id, link };
  await sendBy(ports, delivery.receiver, letter);
  return 'DELIVERED';
}

async function sendBy(ports: SendPorts, receiver: NamedReceiver, letter: Letter): Promise<void> {
  if ('topic' in receiver) await ports.topics?.publish(receiver.topic, letter);
  else if ('email' in receiver) await sendEmail(ports.mailer, receiver.email, letter);
  else if ('webhook' in receiver) await sendWebhook(ports, receiver.webhook, letter);
  else if ('slack' in receiver) await sendSlack(ports, receiver.slack, letter);
  else await sendPagerDuty(ports, receiver, letter);
}
