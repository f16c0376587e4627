import { parseDuration } from '#core/duration.ts';
import type { AlertFile } from '#definition/alert/alert.ts';
import {
  LONGEST_LOOK_MS,
  UNMEASURED,
  WATCHED_EVENTS,
  WATCHED_METRICS,
  type WatchedMetric,
} from '#definition/alert/signals.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import { didYouMean } from '#definition/suggest.ts';
import type { Report } from '../report.ts';

type Condition = AlertFile['rules'][number]['when'];

/** Why a metric has no quantiles, and what a rule goes by that asks for one. */
const WITHOUT_QUANTILES: Readonly<
  Partial<Record<WatchedMetric['of'], { readonly why: string; readonly hint: string }>>
> = {
  count: {
    why: 'counts events, which have no quantiles',
    hint: 'leave it out: the rule goes by how many there are',
  },
  sum: { why: 'is one sum, which has no quantiles', hint: 'leave it out: the rule goes by the sum' },
};

/** Of metrics that are no value of each event, and no count of them, what was usual is not kept. */
const WITHOUT_HISTORY: readonly (WatchedMetric['of'] | undefined)[] = ['open', 'sum'];

/** Tells of what a condition watches that there is not, or that nobody measures yet. */
export function checkWatched(when: Condition, path: DocumentPath, report: Report): void {
  if ('threshold' in when) {
    const { metric, quantile, over } = when.threshold;
    const at = [...path, 'threshold'];
    checkMetric(metric, [...at, 'metric'], report);
    const without = WITHOUT_QUANTILES[WATCHED_METRICS[metric]?.of ?? 'value'];
    if (quantile !== undefined && without !== undefined)
      tellUnmeasured([...at, 'quantile'], { why: `"${metric}" ${without.why}`, hint: without.hint }, report);
    checkLook(over, [...at, 'over'], report);
  } else if ('rate' in when) {
    const at = [...path, 'rate'];
    checkEvents(when.rate, ['of', 'outOf'], at, report);
    checkLook(when.rate.over, [...at, 'over'], report);
  } else if ('absence' in when) {
    checkEvents(when.absence, ['of'], [...path, 'absence'], report);
  } else if ('anomaly' in when) {
    const { metric, over } = when.anomaly;
    const at = [...path, 'anomaly'];
    checkMetric(metric, [...at, 'metric'], report);
    if (WITHOUT_HISTORY.includes(WATCHED_METRICS[metric]?.of))
      tellUnmeasured([...at, 'metric'], { why: `what was usual of "${metric}" is not kept` }, report);
    checkLook(over, [...at, 'over'], report);
  } else {
    const at = [...path, 'burnRate'];
    checkEvents(when.burnRate, ['good', 'outOf'], at, report);
    for (const [index, { long }] of when.burnRate.windows.entries())
      checkLook(long, [...at, 'windows', index, 'long'], report);
  }
}

function checkMetric(name: string, path: DocumentPath, report: Report): void {
  const why = UNMEASURED[name];
  if (why !== undefined) tellUnmeasured(path, { why }, report);
  else if (WATCHED_METRICS[name] === undefined) tellUnknown(name, 'metric', path, report);
}

function checkEvents<Names extends string>(
  condition: Readonly<Partial<Record<Names, string | undefined>>>,
  names: readonly Names[],
  path: DocumentPath,
  report: Report,
): void {
  for (const name of names) {
    const event = condition[name];
    if (event !== undefined && !WATCHED_EVENTS.includes(event))
      tellUnknown(event, 'event', [...path, name], report);
  }
}

function checkLook(over: string | undefined, path: DocumentPath, report: Report): void {
  if ((parseDuration(over ?? '') ?? 0) <= LONGEST_LOOK_MS) return;
  tellUnmeasured(
    path,
    {
      why: 'events are kept for 7 days, so that nobody can look back further',
      hint: 'after a restart, the rule goes by what has happened in 7 days',
    },
    report,
  );
}

function tellUnknown(name: string, kind: 'metric' | 'event', path: DocumentPath, report: Report): void {
  const known = kind === 'metric' ? Object.keys(WATCHED_METRICS) : WATCHED_EVENTS;
  report.at(path, {
    code: 'SW1841',
    message: `"${name}" is no ${kind} that alerts can watch`,
    hint: 'docs/guide/alerts.md lists them',
    ...didYouMean(name, known),
  });
}

function tellUnmeasured(
  path: DocumentPath,
  { why, hint = 'until it is, the rule does not fire' }: { readonly why: string; readonly hint?: string },
  report: Report,
): void {
  report.at(path, { code: 'SW1842', message: `this is not measured yet: ${why}`, hint });
}

/** Tells of time zones that no clock knows, and of days that are in no calendar. */
export function checkTimes(file: AlertFile, report: Report): void {
  const { rotations = {}, escalations = {}, routes = [], silences = [] } = file;
  for (const [name, { start, timezone }] of Object.entries(rotations)) {
    checkZone(timezone, ['rotations', name, 'timezone'], report);
    const at = Date.parse(`${start}:00Z`);
    if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 16) !== start)
      tellNoTime(['rotations', name, 'start'], `"${start}" is in no calendar`, report);
  }
  for (const [name, { quiet }] of Object.entries(escalations))
    checkZone(quiet?.timezone, ['escalations', name, 'quiet', 'timezone'], report);
  for (const [at, { during }] of routes.entries())
    checkZone(during?.timezone, ['routes', at, 'during', 'timezone'], report);
  for (const [at, { every }] of silences.entries())
    checkZone(every?.timezone, ['silences', at, 'every', 'timezone'], report);
}

/** Tells of a time zone that no clock knows. */
export function checkZone(timeZone: string | undefined, path: DocumentPath, report: Report): void {
  if (timeZone === undefined || isTimeZone(timeZone)) return;
  tellNoTime(path, `no clock knows the time zone "${timeZone}"`, report);
}

function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

function tellNoTime(path: DocumentPath, message: string, report: Report): void {
  report.at(path, { code: 'SW1843', message, hint: 'write it like Europe/Berlin, and days as they are' });
}
