import { StepwrightError } from '#core/error.ts';
import { notificationKeys } from '#table/notification-keys.ts';
import { ConditionFailed } from '#table/table.ts';
import { lineFrom } from './addressees.ts';
import { type Delivery, deliveriesOf, deliveryDeadline, deliveryItem } from './delivery.ts';
import { getNotification } from './notification.ts';
import type { OutboxPorts } from './outbox.ts';
import { lastTryAt } from './patience.ts';
import { findNotificationSettings } from './settings.ts';

type RetryPorts = Omit<OutboxPorts, 'ways'>;

/**
 * Sends a notification again, now, to those that it has not arrived at, each as the project now says that it is reached. Throws SW4201
 * where there is no such notification, SW4203 where there is nobody left to tell.
 *
 * @param receiver name of the only one to be told; default: all of them.
 * @returns how many are told.
 */
export async function retryDeliveries(
  ports: RetryPorts,
  notification: string,
  receiver?: string,
): Promise<number> {
  await getNotification(ports.table, notification);
  const settings = await findNotificationSettings(ports.table);
  const left = (await deliveriesOf(ports.table, notification)).filter(
    ({ name, status }) => name === (receiver ?? name) && (status === 'FAILED' || status === 'PENDING'),
  );
  if (left.length === 0) throw nobodyLeft(notification, receiver);
  const begun = await Promise.all(
    left.map((delivery) => beginAgain(ports, delivery, lineFrom(settings, delivery.name)[0])),
  );
  return begun.filter((isBegun) => isBegun).length;
}

async function beginAgain(
  { table, clock, deadlines }: RetryPorts,
  { endedAt: _ended, ...delivery }: Delivery,
  line: ReturnType<typeof lineFrom>[number] | undefined,
): Promise<boolean> {
  const now = Math.floor(clock.now());
  const [{ receiver }, ...fallbacks] = line ?? [delivery, ...delivery.fallbacks];
  const begun: Delivery = {
    ...{ ...delivery, receiver, fallbacks, status: 'PENDING', tries: 0, dueAt: now },
    ...{ until: lastTryAt({ fallbacks }, now), revision: delivery.revision + 1 },
  };
  const condition = { attribute: 'revision', equals: delivery.revision } as const;
  const key = notificationKeys.meta(delivery.notification);
  const add = delivery.status === 'FAILED' ? { failed: -1, pending: 1 } : { pending: 0 };
  try {
    await table.transact([{ put: deliveryItem(begun), condition }, { update: { key, add } }]);
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
  await deadlines.schedule(deliveryDeadline(begun), now);
  return true;
}

function nobodyLeft(notification: string, receiver: string | undefined): StepwrightError {
  const to = receiver === undefined ? '' : ` to "${receiver}"`;
  return new StepwrightError({
    code: 'SW4203',
    kind: 'conflict',
    message: `nothing of the notification "${notification}"${to} has failed or waits`,
    hint: 'GET /v1/notifications/{id} tells what has become of it; a receiver named since gets what is told from then on',
  });
}
