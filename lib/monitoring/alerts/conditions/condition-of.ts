import { parseDuration } from '#core/duration.ts';
import type { AlertFile } from '#definition/alert/alert.ts';
import { WATCHED_METRICS, type WatchedMetric } from '#definition/alert/signals.ts';
import { absenceCondition } from './absence.ts';
import { anomalyCondition } from './anomaly.ts';
import { burnRateCondition } from './burn-rate.ts';
import { rateCondition } from './rate.ts';
import { thresholdCondition } from './threshold.ts';
import type { Condition } from './watch.ts';

/** What has to be so for an alert, as its author writes it. */
export type WrittenCondition = AlertFile['rules'][number]['when'];

/** Of a threshold that does not say over which time. */
const DEFAULT_OVER_MS = 5 * 60_000;
/** Shorter times are as long as this: nobody looks more often. */
const SHORTEST_MS = 1_000;

/** The condition of a rule. One whose metric nobody knows watches nothing. */
export function conditionOf(when: WrittenCondition): Condition {
  if ('threshold' in when) {
    const { metric, quantile, above, below, over } = when.threshold;
    const overMs = msOf(over, DEFAULT_OVER_MS);
    return thresholdCondition({ metric: metricOf(metric), quantile, bounds: { above, below }, overMs });
  }
  if ('rate' in when) {
    const { over, atLeast = 1, ...rate } = when.rate;
    return rateCondition({ ...rate, atLeast, overMs: msOf(over) });
  }
  if ('absence' in when) return absenceCondition({ of: when.absence.of, forMs: msOf(when.absence.for) });
  if ('anomaly' in when) {
    const { metric, deviations = 4, direction = 'both', season = 'week', over } = when.anomaly;
    return anomalyCondition({
      ...{ metric: metricOf(metric), deviations, direction, season, overMs: msOf(over) },
    });
  }
  const { windows, ...burnRate } = when.burnRate;
  return burnRateCondition({
    ...burnRate,
    windows: windows.map(({ long, short, rate }) => ({ longMs: msOf(long), shortMs: msOf(short), rate })),
  });
}

function metricOf(name: string): WatchedMetric {
  return WATCHED_METRICS[name] ?? { of: 'count', kinds: [] };
}

/** Of a duration that was checked. */
export function msOf(duration: string | undefined, otherwise = 0): number {
  const ms = duration === undefined ? otherwise : (parseDuration(duration) ?? otherwise);
  return Math.max(SHORTEST_MS, ms);
}
