import type { WatchedMetric } from '#definition/alert/signals.ts';
import { robustDeviations } from '#statistics/robust.ts';
import type { Observation } from '../observation.ts';
import { HourlyHistory } from './hourly-history.ts';
import { isCounted, measuredValue } from './measured-value.ts';
import { type Bounds, type Condition, MOST_SERIES, type Watch } from './watch.ts';

/** What an anomaly is written as, its time in ms. */
export interface AnomalyOptions {
  readonly metric: WatchedMetric;
  readonly deviations: number;
  readonly direction: 'above' | 'below' | 'both';
  readonly season: 'none' | 'day' | 'week';
  readonly overMs: number;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Seasons by their length, the first of which enough is known counts; with how many times have to be known. */
const SEASONS = {
  week: [
    { everyMs: 7 * DAY_MS, least: 3 },
    { everyMs: DAY_MS, least: 5 },
  ],
  day: [{ everyMs: DAY_MS, least: 5 }],
  none: [],
} as const;

/** Where nothing comes again, so many spans of time before are what is usual. */
const LEAST_WITHOUT_SEASON = 8;
/** More times are not looked at. */
const MOST_TIMES = 28;
/** What is usual is the same for so long, in ms. */
const USUAL_MS = 300_000;

/** A watch that knows what was usual, and can be told again what it knew. */
export interface LearningWatch extends Watch {
  readonly history: HourlyHistory;
}

/** Whether a watch learns what is usual. */
export function isLearning(watch: Watch): watch is LearningWatch {
  return 'history' in watch;
}

/** A metric that is far from what it usually is at this time. Its value is by how many robust standard deviations. */
export function anomalyCondition(options: AnomalyOptions): Condition {
  const { metric, deviations, direction } = options;
  const bounds: Bounds = {
    ...(direction === 'below' ? {} : { above: deviations }),
    ...(direction === 'above' ? {} : { below: -deviations }),
  };
  const kinds = metric.of === 'value' || metric.of === 'count' ? metric.kinds : [];
  const lookBackMs = Math.max(options.overMs, HOUR_MS);
  return { kinds, ends: [], mostSeries: MOST_SERIES, bounds, lookBackMs, open: () => anomalyWatch(options) };
}

function anomalyWatch({ metric, season, overMs }: AnomalyOptions): LearningWatch {
  const history = new HourlyHistory();
  const isCount = metric.of === 'count';
  const figureOf = ({ count, sum }: { readonly count: number; readonly sum: number }): number | undefined => {
    if (isCount) return count;
    return count === 0 ? undefined : sum / count;
  };
  const past = (from: number): number | undefined =>
    history.knows(from) ? figureOf(history.past(from, from + overMs)) : undefined;
  let usual: { readonly at: number; readonly values: readonly number[] | undefined } | undefined;
  return {
    history,
    take: (seen) => {
      const value = figureOfEvent(metric, seen);
      if (value === undefined) return false;
      history.add(seen.at, value);
      return true;
    },
    look: (now) => {
      if (usual === undefined || now >= usual.at + USUAL_MS || now < usual.at)
        usual = { at: now, values: usualOf(season, now, { overMs, past }) };
      const value = figureOf(history.recent(now - overMs, now));
      if (value === undefined || usual.values === undefined) return undefined;
      return { value: robustDeviations(value, usual.values, isCount) };
    },
    isIdle: (now) => history.isEmpty(now),
    save: () => history.saveRecent(),
    resume: (saved) => history.resume(saved),
  };
}

/** What an event adds to the sum of its hour; undefined where it does not count at all. */
function figureOfEvent(metric: WatchedMetric, seen: Observation): number | undefined {
  if (metric.of === 'value') return measuredValue(metric, seen);
  return metric.of === 'count' && isCounted(metric, seen) ? 0 : undefined;
}

/** What was usual at this time of the season; undefined where not enough is known. */
function usualOf(
  season: AnomalyOptions['season'],
  now: number,
  { overMs, past }: { readonly overMs: number; past(from: number): number | undefined },
): readonly number[] | undefined {
  for (const { everyMs, least } of [...SEASONS[season], withoutSeason(overMs)]) {
    const known: number[] = [];
    for (let back = everyMs; back <= HourlyHistory.LENGTH_MS && known.length < MOST_TIMES; back += everyMs) {
      const value = past(now - back - overMs);
      if (value !== undefined) known.push(value);
    }
    if (known.length >= least) return known;
  }
  return undefined;
}

function withoutSeason(overMs: number): { readonly everyMs: number; readonly least: number } {
  return { everyMs: Math.max(overMs, HOUR_MS), least: LEAST_WITHOUT_SEASON };
}
