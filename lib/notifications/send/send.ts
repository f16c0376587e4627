import type { NamedReceiver } from '#definition/receiver.ts';
import type { Delivery } from '../delivery.ts';
import type { NotificationRecord } from '../notification.ts';
import type { ConfidentialLinks, ConfidentialPart } from '../notifier.ts';
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
  /** Makes what is confidential of a message, for a person or, of alerts, a receiver; undefined when nobody needs it any more. */
  makeConfidential(part: ConfidentialPart, to: string): Promise<ConfidentialLinks | undefined>;
}

/**
 * Sends a notification to one receiver. What is confidential is made now. The link of an approval goes to the receivers of the person that
 * it is for, not to those in their place. Throws {@link DeliveryFailure}.
 */
export async function send(
  ports: SendPorts,
  delivery: Pick<Delivery, 'id' | 'name' | 'receiver' | 'inPlaceOf'>,
  notification: NotificationRecord,
): Promise<'DELIVERED' | 'CANCELLED'> {
  const { confidential, to = '' } = notification;
  const isOfOne = confidential?.kind === 'approval-link';
  const made = confidential && (await ports.makeConfidential(confidential, isOfOne ? to : delivery.name));
  // Who is asked no more needs no message; of alerts, everybody is told, with a link or without.
  if (isOfOne && made === undefined) return 'CANCELLED';
  const links = isOfOne && delivery.inPlaceOf !== undefined ? undefined : made;
  const { link, actions = [] } = links ?? {};
  const isToRead = confidential?.kind === 'report-link';
  const letter = { ...notification, id: delivery.id, notification: notification.id, link, isToRead, actions };
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
