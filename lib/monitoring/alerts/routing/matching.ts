import { hoursEnd } from '#core/hours.ts';
import type { AlertFile } from '#definition/alert/alert.ts';
import type { AlertRecord } from '../records/alert-record.ts';
import type { SilenceRecord } from '../records/silence-record.ts';

/** Which alerts, as written. */
export type Matcher = NonNullable<AlertFile['silences']>[number]['match'];

/** Whether an alert is one of those that are meant. */
export function matches({ alert, severity, team, zone }: Matcher, record: AlertRecord): boolean {
  return (
    (alert?.includes(record.alert) ?? true) &&
    (severity?.includes(record.severity) ?? true) &&
    (team?.includes(record.team ?? '') ?? true) &&
    (zone?.some((one) => isWithin(record.zone ?? '', one)) ?? true)
  );
}

/** Zones are paths: a hall is within its site. */
function isWithin(zone: string, outer: string): boolean {
  return zone === outer || zone.startsWith(`${outer}/`);
}

/** Silences that are on record, and those of the file. */
export interface Silencing {
  readonly file: AlertFile;
  readonly records: readonly SilenceRecord[];
}

/** Whether an alert is not to be told of, and why; undefined where it is. */
export function silencedBy(
  alert: AlertRecord,
  { file, records }: Silencing,
  now: number,
): string | undefined {
  const written = file.silences?.find(
    ({ match, from, until, every }) =>
      matches(match, alert) &&
      (from === undefined || now >= Date.parse(from)) &&
      (until === undefined || now < Date.parse(until)) &&
      (every === undefined || hoursEnd(every, now) !== undefined),
  );
  if (written !== undefined) return written.reason;
  return records.find((silence) => isMeant(silence, alert) && now >= silence.from && now < silence.until)
    ?.reason;
}

function isMeant({ group, match, by = {} }: SilenceRecord, alert: AlertRecord): boolean {
  return (
    (group === undefined || group === alert.group) &&
    matches(match, alert) &&
    Object.entries(by).every(([field, value]) => alert.by[field] === value)
  );
}

/** Whether an alert is the same trouble as another that is one now. */
export function isInhibited(alert: AlertRecord, file: AlertFile, open: ReadonlySet<string>): boolean {
  const rule = file.rules.find(({ id }) => id === alert.alert);
  return rule?.inhibitedBy?.some((other) => open.has(other)) ?? false;
}
