import { isoOf } from '../../events/event.ts';
import type { AlertRecord } from '../records/alert-record.ts';
import type { PagedAlert } from '../records/paging-record.ts';

/** What of an alert is told. */
export function pagedAlert(record: AlertRecord): PagedAlert {
  const { id, alert, title, severity, by, since, message, runbook, value, error, lastGood } = record;
  return {
    ...{ id, alert, title, severity, by, since: isoOf(since) },
    ...(message === undefined ? {} : { message }),
    ...(runbook === undefined ? {} : { runbook }),
    ...(value === undefined ? {} : { value }),
    ...(error === undefined ? {} : { error }),
    ...{ devices: record.devices, deviceCount: record.deviceCount, executions: record.executions },
    ...(lastGood === undefined ? {} : { lastGood: lastGoodWords(lastGood) }),
  };
}

function lastGoodWords({ execution, version, command, at }: NonNullable<AlertRecord['lastGood']>): string {
  const what = execution ?? command ?? '';
  return `${what}${version === undefined ? '' : ` (version ${version})`} at ${isoOf(at)}`.trim();
}

const SEVERITIES = ['info', 'warning', 'critical'] as const;

/** The worst severity of some. */
export function worstOf(alerts: readonly Pick<AlertRecord, 'severity'>[]): (typeof SEVERITIES)[number] {
  const worst = Math.max(0, ...alerts.map(({ severity }) => SEVERITIES.indexOf(severity)));
  return SEVERITIES[worst] ?? 'info';
}
