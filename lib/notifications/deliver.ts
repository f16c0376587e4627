import type { Clock } from '#core/clock.ts';
import type { Random } from '#core/random.ts';
import { notificationKeys } from '#table/notification-keys.ts';
import type { Item, Write } from '#table/table.ts';
import { ConditionFailed } from '#table/table.ts';
import {
  type Delivery,
  deliveryDeadline,
  deliveryId,
  deliveryItem,
  findDelivery,
  readDeliveryDeadline,
} from './delivery.ts';
import { DeliveryFailure } from './failure.ts';
import { isOutdated } from './incident.ts';
import { findNotification, type NotificationRecord } from './notification.ts';
import { beginDeliveries, type OutboxPorts } from './outbox.ts';
import { lastTryAt, nextTryAt } from './patience.ts';
import { type SendPorts, send } from './send/send.ts';

/** What delivering takes. */
export interface DeliveryPorts extends Omit<OutboxPorts, 'ways' | 'clock'>, Omit<SendPorts, 'clock'> {
  readonly clock: Clock;
  readonly random: Random;
}

/** After which time a try counts as lost, with the process that made it; longer than any try may take. */
const TRY_MS = 60_000;

/**
 * Tries a delivery that is due, by the id of its deadline. Whoever tries it notes that first, so that no two do at once; a try of which
 * nobody hears any more is made again a minute later, under the same id. Before its time it is only scheduled again.
 */
export async function deliver(ports: DeliveryPorts, deadline: string): Promise<void> {
  const ref = readDeliveryDeadline(deadline);
  if (ref.name === '') return beginDeliveries(ports, ref.notification);
  const delivery = await findDelivery(ports.table, ref);
  // Whoever gave it up may have ended before the one in its place was begun.
  if (delivery?.status === 'FAILED') return beginDeliveries(ports, ref.notification);
  if (delivery?.status !== 'PENDING') return;
  const now = ports.clock.now();
  if (now < delivery.dueAt) return schedule(ports, delivery);
  const tried = { ...delivery, tries: delivery.tries + 1, dueAt: Math.ceil(now + TRY_MS) };
  const claimed = await change(ports, tried, []);
  const notification = claimed && (await findNotification(ports.table, ref.notification));
  if (claimed === undefined || notification === undefined) return;
  await settle(ports, claimed, await attempt(ports, claimed, notification));
}

/** What came of a try. */
type Outcome =
  | { readonly status: 'DELIVERED' | 'CANCELLED' }
  | { readonly failure: DeliveryFailure; readonly defect?: unknown };

async function attempt(
  ports: DeliveryPorts,
  delivery: Delivery,
  notification: NotificationRecord,
): Promise<Outcome> {
  try {
    if (await isOutdated(ports.table, notification)) return { status: 'CANCELLED' };
    return { status: await send(ports, delivery, notification) };
  } catch (error) {
    if (error instanceof DeliveryFailure) return { failure: error };
    // What it says may hold what is confidential, and it may pass: a secret that could not be read just now.
    const name = error instanceof Error ? error.name : typeof error;
    const hint = 'what went wrong is in the log of the server';
    const failure = new DeliveryFailure(`it could not be sent: ${name}`, { isFinal: false, hint });
    return { failure, defect: error };
  }
}

async function settle(ports: DeliveryPorts, delivery: Delivery, outcome: Outcome): Promise<void> {
  const now = Math.floor(ports.clock.now());
  if (!('failure' in outcome)) {
    await end(ports, { ...delivery, status: outcome.status, endedAt: now });
    return;
  }
  const { message, hint, isFinal, waitMs } = outcome.failure;
  const failed = { ...delivery, error: { message, at: now, ...(hint === undefined ? {} : { hint }) } };
  const timing = { now, random: ports.random, ...(waitMs === undefined ? {} : { waitMs }) };
  const next = isFinal ? undefined : nextTryAt(delivery, timing);
  if (next === undefined) await giveUp(ports, { ...failed, status: 'FAILED', endedAt: now });
  else await again(ports, { ...failed, dueAt: next });
  if (outcome.defect !== undefined) throw outcome.defect;
}

async function again(ports: DeliveryPorts, delivery: Delivery): Promise<void> {
  const changed = await change(ports, delivery, []);
  if (changed !== undefined) await schedule(ports, changed);
}

/** Ends it as failed, and tells the next in its place, unless they are told already. */
async function giveUp(ports: DeliveryPorts, delivery: Delivery): Promise<void> {
  const next = await nextInPlaceOf(ports, delivery);
  const put = next === undefined ? [] : [{ put: deliveryItem(next), condition: { exists: false } }];
  if ((await end(ports, delivery, put)) === undefined) {
    // Another receiver with the same fallback may have failed in this moment, and have begun it.
    if (next !== undefined) await end(ports, delivery);
  } else if (next !== undefined) {
    await schedule(ports, next);
  }
}

async function nextInPlaceOf(ports: DeliveryPorts, delivery: Delivery): Promise<Delivery | undefined> {
  const [first, ...fallbacks] = delivery.fallbacks;
  const { notification, sentAt, name: inPlaceOf } = delivery;
  if (first === undefined) return undefined;
  const { name, receiver } = first;
  if ((await findDelivery(ports.table, { notification, name })) !== undefined) return undefined;
  const now = Math.floor(ports.clock.now());
  return {
    ...{ id: deliveryId({ notification, name }), notification, sentAt, name, receiver, fallbacks, inPlaceOf },
    ...{ status: 'PENDING', tries: 0, dueAt: now, until: lastTryAt({ fallbacks }, now), revision: 0 },
  };
}

/** Ends a delivery, and counts it with its notification. */
function end(
  ports: DeliveryPorts,
  delivery: Delivery,
  begun: readonly { readonly put: Item; readonly condition: { readonly exists: boolean } }[] = [],
): Promise<Delivery | undefined> {
  const key = notificationKeys.meta(delivery.notification);
  const counted = { pending: begun.length - 1, [delivery.status.toLowerCase()]: 1 };
  return change(ports, delivery, [{ update: { key, add: counted } }, ...begun]);
}

/** Writes what has become of a delivery; undefined when somebody else has written meanwhile. */
async function change(
  { table }: Pick<DeliveryPorts, 'table'>,
  delivery: Delivery,
  others: readonly Write[],
): Promise<Delivery | undefined> {
  const changed = { ...delivery, revision: delivery.revision + 1 };
  const put = deliveryItem(changed);
  const condition = { attribute: 'revision', equals: delivery.revision } as const;
  try {
    if (others.length === 0) await table.put(put, condition);
    else await table.transact([{ put, condition }, ...others]);
    return changed;
  } catch (error) {
    if (error instanceof ConditionFailed) return undefined;
    throw error;
  }
}

function schedule({ deadlines }: Pick<DeliveryPorts, 'deadlines'>, delivery: Delivery): Promise<void> {
  return deadlines.schedule(deliveryDeadline(delivery), delivery.dueAt);
}
