import type { Clock } from '#core/clock.ts';
import { StepwrightError } from '#core/error.ts';
import type { Table } from '#table/table.ts';
import { type AlertRecord, isOpen } from '../records/alert-record.ts';
import { getAlert, putAlert } from './alert-store.ts';

/** What answering alerts takes. */
export interface AnswerPorts {
  readonly table: Table;
  readonly clock: Clock;
}

/** Who says something of an alert, and why. */
export interface Answer {
  readonly by: string;
  readonly why?: string | undefined;
}

/** So many notes of an alert are kept, the newest. */
const MOST_NOTES = 50;
/** As often a change is tried again where others change the same alert. */
const TRIES = 5;

/** Says that somebody looks after an alert: nobody is told of it any more until it is over. Throws SW4211, SW4212. */
export function acknowledgeAlert(ports: AnswerPorts, id: string, answer: Answer): Promise<AlertRecord> {
  return change(ports, id, (alert, now) => {
    demandOpen(alert);
    const first = alert.status === 'FIRING' ? { acknowledgedAt: now, acknowledgedBy: answer.by } : {};
    return noted({ ...alert, ...first, status: 'ACKNOWLEDGED' }, answer, { did: 'acknowledged', now });
  });
}

/**
 * Says that an alert is over. While what it is about goes on, no new one is made of it: only once it was well in between. Throws
 * SW4211, SW4212.
 */
export function resolveAlert(ports: AnswerPorts, id: string, answer: Answer): Promise<AlertRecord> {
  return change(ports, id, (alert, now) => {
    demandOpen(alert);
    const over = { status: 'RESOLVED', resolvedAt: now, resolvedBy: answer.by, held: true } as const;
    return noted({ ...alert, ...over }, answer, { did: 'resolved', now });
  });
}

/** Notes of an alert that somebody has silenced it. Throws SW4211. */
export function noteSilenced(ports: AnswerPorts, id: string, answer: Answer): Promise<AlertRecord> {
  return change(ports, id, (alert, now) => noted(alert, answer, { did: 'silenced', now }));
}

/** Notes of an alert what somebody has done to an execution that it is about; while it fires, they look after it. Throws SW4211. */
export function noteActed(
  ports: AnswerPorts,
  id: string,
  answer: Answer,
  did: 'resumed' | 'skipped' | 'rolled back',
): Promise<AlertRecord> {
  return change(ports, id, (alert, now) => {
    const isFiring = alert.status === 'FIRING';
    const first = isFiring ? { acknowledgedAt: now, acknowledgedBy: answer.by } : {};
    const status = isFiring ? 'ACKNOWLEDGED' : alert.status;
    return noted({ ...alert, ...first, status }, answer, { did, now });
  });
}

function noted(
  alert: AlertRecord,
  { by, why }: Answer,
  { did, now }: { readonly did: string; readonly now: number },
): AlertRecord {
  const note = { at: now, by, did, ...(why === undefined ? {} : { why }) };
  return { ...alert, notes: [...alert.notes, note].slice(-MOST_NOTES) };
}

function demandOpen(alert: AlertRecord): void {
  if (isOpen(alert)) return;
  throw new StepwrightError({
    code: 'SW4212',
    kind: 'conflict',
    message:
      alert.status === 'PENDING'
        ? `the alert "${alert.id}" does not fire yet`
        : `the alert "${alert.id}" is over already`,
    hint: 'GET /v1/alerts lists those that fire',
  });
}

async function change(
  { table, clock }: AnswerPorts,
  id: string,
  make: (alert: AlertRecord, now: number) => AlertRecord,
): Promise<AlertRecord> {
  for (let tries = 0; tries < TRIES; tries++) {
    const alert = await getAlert(table, id);
    const next = { ...make(alert, Math.floor(clock.now())), revision: alert.revision + 1 };
    if ((await putAlert(table, next)) === undefined) return next;
  }
  throw new StepwrightError({
    code: 'SW4212',
    kind: 'conflict',
    message: `the alert "${id}" is being changed by others`,
    hint: 'try again',
  });
}
