import { secondOf } from '../executions/print-words.ts';
import { type Column, tableLines } from '../print-table.ts';
import type { Terminal } from '../terminal.ts';
import { hanging } from '../text-layout.ts';
import { tableStyle } from '../workflows/print-words.ts';
import type { DeliveryDocument, NotificationDocument, WholeNotification } from './notification-calls.ts';

/** A list of notifications. */
export function notificationLines(
  notifications: readonly NotificationDocument[],
  terminal: Terminal,
): readonly string[] {
  return withIds(
    tableLines(notifications, NOTIFICATION_COLUMNS, tableStyle(terminal)),
    notifications.map(({ id }) => id),
  );
}

/** A list of deliveries. */
export function deliveryListLines(
  deliveries: readonly DeliveryDocument[],
  terminal: Terminal,
): readonly string[] {
  const ids = deliveries.map(({ notification }) => notification);
  return withIds(tableLines(deliveries, DELIVERY_COLUMNS, tableStyle(terminal)), ids);
}

/** Ids are long, and wanted whole by the next command: each has a line of its own. */
function withIds([titles = '', ...rows]: readonly string[], ids: readonly string[]): readonly string[] {
  return [titles, ...rows.flatMap((row, at) => [row, `  ${ids[at]}`])];
}

const NOTIFICATION_COLUMNS: readonly Column<NotificationDocument>[] = [
  { title: 'SENT', text: ({ sentAt }) => secondOf(sentAt) },
  { title: 'TOPIC', text: ({ topic }) => topic },
  { title: 'TO', text: ({ to = '' }) => to },
  { title: 'ARRIVED', text: arrivedWords },
  { title: 'SUBJECT', text: ({ subject = '' }) => subject },
];

const DELIVERY_COLUMNS: readonly Column<DeliveryDocument>[] = [
  { title: 'RECEIVER', text: ({ receiver }) => receiver },
  { title: 'TRIES', text: ({ tries }) => String(tries) },
  { title: 'WHEN', text: ({ endedAt, nextTryAt = '' }) => secondOf(endedAt ?? nextTryAt) },
  { title: 'WHAT', text: ({ error }) => error?.message ?? '' },
];

function arrivedWords({ pending, delivered, failed, cancelled }: NotificationDocument): string {
  const all = pending + delivered + failed + cancelled;
  if (all === 0) return 'on record';
  return [
    `${delivered} of ${all}`,
    ...(failed === 0 ? [] : [`${failed} failed`]),
    ...(pending === 0 ? [] : [`${pending} pending`]),
  ].join(', ');
}

const LABEL = 10;

/** A notification, and what has become of it at each receiver. */
export function wholeLines(notification: WholeNotification, terminal: Terminal): readonly string[] {
  const { id, deliveries } = notification;
  return [
    terminal.paint.bold(id),
    ...facts(notification).map(([title, text]) => hanging(title.padEnd(LABEL), text, terminal.columns)),
    '',
    ...(deliveries.length === 0
      ? ['it is on record alone: no route of the project leads to a receiver']
      : deliveries.flatMap((delivery) => deliveryLines(delivery, terminal))),
  ];
}

function facts({ sentAt, topic, to, subject, message }: WholeNotification): (readonly [string, string])[] {
  return [
    ['sent', `${secondOf(sentAt)} UTC`],
    ['topic', topic],
    ...(to === undefined ? [] : [['to', to] as const]),
    ...(subject === undefined ? [] : [['subject', subject] as const]),
    ['message', typeof message === 'string' ? message : JSON.stringify(message)],
  ];
}

function deliveryLines(delivery: DeliveryDocument, terminal: Terminal): readonly string[] {
  const { receiver, status, tries, endedAt, nextTryAt, inPlaceOf } = delivery;
  const when = endedAt === undefined ? `next ${secondOf(nextTryAt ?? '')}` : secondOf(endedAt);
  const place = inPlaceOf === undefined ? '' : `, in place of ${inPlaceOf}`;
  const state = `${paintStatus(status, terminal)} ${receiver}${place}`;
  return [
    `${state}, ${tries === 1 ? '1 try' : `${tries} tries`}, ${when} UTC`,
    ...errorLines(delivery, terminal),
  ];
}

/** What went wrong last, and what to do about it. */
export function errorLines(
  delivery: Pick<DeliveryDocument, 'error'> | undefined,
  { columns }: Pick<Terminal, 'columns'>,
): readonly string[] {
  if (delivery?.error === undefined) return [];
  const { message, hint } = delivery.error;
  return [
    hanging('  ', message, columns),
    ...(hint === undefined ? [] : [hanging('  hint: ', hint, columns)]),
  ];
}

function paintStatus(status: DeliveryDocument['status'], { paint }: Terminal): string {
  const cell = status.padEnd(LABEL - 1);
  return status === 'FAILED' ? paint.red(cell) : status === 'DELIVERED' ? paint.green(cell) : cell;
}
