import { createHash } from 'node:crypto';
import * as z from 'zod';
import { notificationKeys } from '#table/notification-keys.ts';
import { ConditionFailed, type Table } from '#table/table.ts';
import { expiryOf, type NotificationRecord } from './notification.ts';
import { type Incident, IncidentSchema, type Notification } from './notifier.ts';

const LastWordSchema = z.object({ action: IncidentSchema.shape.action, sentAt: z.number() });

/** What makes what was said before it needless has a higher one. */
const RANKS: Readonly<Record<Incident['action'], number>> = { trigger: 0, acknowledge: 1, resolve: 2 };

/** Remembers that a trouble is known of, or over. */
export async function noteIncident(
  table: Table,
  { incident }: Pick<Notification, 'incident'>,
  sentAt: number,
): Promise<void> {
  if (incident === undefined || incident.action === 'trigger') return;
  const { key, action } = incident;
  const isLater = { any: [{ exists: false }, { attribute: 'sentAt', below: sentAt + 1 }] };
  try {
    await table.put({ ...keyOf(key), action, sentAt, expiresAt: expiryOf(sentAt) }, isLater);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}

/** Whether something else has been said of the same trouble since, so that nobody needs this any more: it would raise it anew. */
export async function isOutdated(
  table: Table,
  { incident, sentAt }: Pick<NotificationRecord, 'incident' | 'sentAt'>,
): Promise<boolean> {
  if (incident === undefined || incident.action === 'resolve') return false;
  const item = await table.get(keyOf(incident.key));
  if (item === undefined) return false;
  const last = LastWordSchema.parse(item);
  return last.sentAt >= sentAt && RANKS[last.action] > RANKS[incident.action];
}

function keyOf(key: string) {
  return notificationKeys.incident(createHash('sha256').update(key).digest('base64url'));
}
