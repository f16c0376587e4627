import * as z from 'zod';
import { type AlertRecord, AlertRecordSchema } from '../alerts/records/alert-record.ts';
import { tellerOf } from './change-of.ts';
import { type EventSubject, type MonitoringEvent, makeEvent } from './event.ts';

/** What the record of an alert tells. One that is only pending tells nothing. */
export const tellAlert = tellerOf(AlertRecordSchema, ({ before, after, at }) => {
  if (after === undefined || after.status === before?.status) return [];
  switch (after.status) {
    case 'PENDING':
      return [];
    case 'FIRING':
      return [told('alert.firing', after, after.firedAt ?? at)];
    case 'ACKNOWLEDGED':
      return [told('alert.acknowledged', after, after.acknowledgedAt ?? at)];
    case 'RESOLVED':
      return [told('alert.resolved', after, after.resolvedAt ?? at)];
  }
});

function told(
  kind: 'alert.firing' | 'alert.acknowledged' | 'alert.resolved',
  record: AlertRecord,
  at: number,
): MonitoringEvent {
  const { id, group, alert, title, severity, by, value, firedAt = at } = record;
  const person = kind === 'alert.acknowledged' ? record.acknowledgedBy : record.resolvedBy;
  return makeEvent({
    ...{ kind, key: [id], at, subject: subjectOf(record) },
    data: {
      ...{ id, group, alert, title, severity, values: by, value },
      ...(kind === 'alert.firing' ? {} : { by: person, tookMs: at - firedAt }),
    },
  });
}

function subjectOf({ by: { workflow, device } }: AlertRecord): EventSubject {
  return {
    ...(workflow === undefined || workflow === '' ? {} : { workflow }),
    ...(device === undefined || device === '' ? {} : { device }),
  };
}

const GroupSchema = z.object({ name: z.string(), publishedAt: z.number() });

/** What the rules of a group of alerts tell. */
export const tellAlertGroup = tellerOf(GroupSchema, ({ before, after, at }) => {
  const group = after?.name ?? before?.name;
  if (group === undefined) return [];
  const moment = after?.publishedAt ?? at;
  const data = { group, removed: after === undefined };
  return [makeEvent({ kind: 'alert.rules-changed', key: [group, moment], at: moment, subject: {}, data })];
});
