import type { Key } from './table.ts';

/** Alerts, what tells of them, and what holds them back. */
export const alertKeys = {
  meta: (id: string): Key => ({ pk: alertKeys.partition(id), sk: 'META' }),
  /** A link that was used. */
  usedLink: (id: string, hash: string): Key => ({
    pk: alertKeys.partition(id),
    sk: `${alertKeys.usedLinkPrefix}${hash}`,
  }),
  partition: (id: string) => `ALERT#${id}`,
  usedLinkPrefix: 'USED#',
  /** gsi1: alerts that are not over, by when they were found. */
  open: 'ALERTS#OPEN',
  byFound: (foundAt: number, id: string) => ({
    gsi1pk: alertKeys.open,
    gsi1sk: `${timeKey(foundAt)}#${id}`,
  }),
  /** gsi1: alerts that are over, by when. */
  resolved: 'ALERTS#RESOLVED',
  byResolved: (resolvedAt: number, id: string) => ({
    gsi1pk: alertKeys.resolved,
    gsi1sk: `${timeKey(resolvedAt)}#${id}`,
  }),
  /** gsi2: alerts that are over for people, by when: also those that would be found again, which are open to rules. */
  ended: 'ALERTS#ENDED',
  byEnded: (resolvedAt: number, id: string) => ({
    gsi2pk: alertKeys.ended,
    gsi2sk: `${timeKey(resolvedAt)}#${id}`,
  }),
  /** Alerts that are told of together. */
  paging: (key: string): Key => ({ pk: `PAGING#${key}`, sk: 'META' }),
  /** The task of an escalation that waits for somebody to acknowledge. */
  escalationTask: (key: string): Key => ({ pk: `PAGING#${key}`, sk: 'TASK' }),
  /** A page, by when it was made. */
  page: (key: string, at: number, id: string): Key => ({
    pk: `PAGING#${key}`,
    sk: `${alertKeys.pagePrefix}${timeKey(at)}#${id}`,
  }),
  pagesUntil: (at: number) => `${alertKeys.pagePrefix}${timeKey(at)}#\uffff`,
  pagePartition: (key: string) => `PAGING#${key}`,
  pagePrefix: 'PAGE#',
  /** gsi1: those that are not over, or not sent yet. */
  openPagings: 'PAGINGS#OPEN',
  /** What belongs to no single alert: the rules of all groups, silences, and how far the evaluation has come. */
  all: 'ALERTS#ALL',
  group: (name: string): Key => ({ pk: alertKeys.all, sk: `GROUP#${name}` }),
  groupPrefix: 'GROUP#',
  silence: (id: string): Key => ({ pk: alertKeys.all, sk: `SILENCE#${id}` }),
  silencePrefix: 'SILENCE#',
  cursor: { pk: 'ALERTS#ALL', sk: 'CURSOR' },
  /** What was usual of a series of a rule. */
  learned: (rule: string, series: string): Key => ({ pk: 'ALERTS#LEARNED', sk: `${rule}#${series}` }),
  learnedPartition: 'ALERTS#LEARNED',
} as const;

function timeKey(at: number): string {
  return String(Math.round(at)).padStart(15, '0');
}
