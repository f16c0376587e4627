import type { Key } from './table.ts';

/** A notification with its deliveries, one for each receiver, in one partition. */
export const notificationKeys = {
  partition: (id: string): string => `NOTIFICATION#${id}`,
  meta: (id: string): Key => ({ pk: `NOTIFICATION#${id}`, sk: 'META' }),
  delivery: (id: string, receiver: string): Key => ({ pk: `NOTIFICATION#${id}`, sk: `DELIVERY#${receiver}` }),
  deliveryPrefix: 'DELIVERY#',
  /** gsi1: notifications of one UTC day, by when they were sent. */
  byDay: (day: string, sentAt: number, id: string) => ({
    gsi1pk: notificationKeys.day(day),
    gsi1sk: `${timeKey(sentAt)}#${id}`,
  }),
  day: (day: string): string => `NOTIFICATIONS#${day}`,
  /** gsi2: deliveries that are to be tried, by when; and those that have failed, by when. */
  byStatus: (status: 'PENDING' | 'FAILED', at: number, ref: string) => ({
    gsi2pk: notificationKeys.status(status),
    gsi2sk: `${timeKey(at)}#${ref}`,
  }),
  status: (status: 'PENDING' | 'FAILED'): string => `DELIVERIES#${status}`,
  /** What was said last of a trouble, by a hash of its key, that makes what was said before needless. */
  incident: (hash: string): Key => ({ pk: `INCIDENT#${hash}`, sk: 'META' }),
  /** Who is told what, as the project says. */
  settings: { pk: 'SETTING', sk: 'NOTIFICATIONS' },
} as const;

function timeKey(at: number): string {
  return String(Math.round(at)).padStart(15, '0');
}
