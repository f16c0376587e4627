import { type AlertRecord, AlertRecordSchema } from '#monitoring/alerts/records/alert-record.ts';
import { alertKeys } from '#table/alert-keys.ts';
import { logKeys } from '#table/log-keys.ts';
import { type Query, queryAll } from '#table/table.ts';
import { betweenOf, momentOf, recordOf } from '../record.ts';
import type { ReadSource } from './source-ports.ts';

const PAGE = 500;

/** Alerts that were found in a period and have fired, as records. What was found then is over later, or not at all. */
export const readAlerts: ReadSource = async function* ({ table }, { period: { from, to } }) {
  const found: readonly Query[] = [
    { index: 'gsi1', partition: alertKeys.resolved, from: logKeys.moment(from), limit: PAGE },
    { index: 'gsi1', partition: alertKeys.open, from: logKeys.moment(from), limit: PAGE },
  ];
  for (const query of found) {
    for await (const item of queryAll(table, query)) {
      const alert = AlertRecordSchema.parse(item);
      const isWanted = alert.foundAt >= from && alert.foundAt < to && alert.firedAt !== undefined;
      if (isWanted) yield alertRecord(alert);
    }
  }
};

function alertRecord(alert: AlertRecord) {
  const {
    id,
    group,
    alert: rule,
    title,
    severity,
    team,
    zone,
    status,
    value,
    error,
    by,
    deviceCount,
  } = alert;
  const { since, firedAt, acknowledgedAt, acknowledgedBy, resolvedAt } = alert;
  return recordOf({
    ...{ id, group, alert: rule, title, severity, team, zone, status, value, error, by, deviceCount },
    ...{ since: momentOf(since), firedAt: momentOf(firedAt), acknowledgedAt: momentOf(acknowledgedAt) },
    ...{ acknowledgedBy, resolvedAt: momentOf(resolvedAt), durationMs: betweenOf(firedAt, resolvedAt) },
    answerMs: betweenOf(firedAt, acknowledgedAt),
  });
}
