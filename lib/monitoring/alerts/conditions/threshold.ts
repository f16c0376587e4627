import * as z from 'zod';
import type { WatchedMetric } from '#definition/alert/signals.ts';
import {
  addValue,
  merged,
  newSketch,
  quantileOf,
  SavedSketchSchema,
  saveSketch,
  sketchOf,
} from '#statistics/sketch.ts';
import { TimeSlots } from '../time-slots.ts';
import { CountWindow } from './counting.ts';
import { isCounted, measuredValue } from './measured-value.ts';
import { openAgesCondition } from './open-ages.ts';
import { type Bounds, type Condition, MOST_SERIES, SLOTS, type Watch } from './watch.ts';

/** What a threshold is written as, its time in ms. */
export interface ThresholdOptions {
  readonly metric: WatchedMetric;
  /** Undefined: their mean, or their sum. */
  readonly quantile: number | undefined;
  readonly bounds: Bounds;
  readonly overMs: number;
}

const SavedSchema = z.array(z.tuple([z.number(), SavedSketchSchema]));

/** A metric that is higher or lower than it should be. */
export function thresholdCondition({ metric, quantile, bounds, overMs }: ThresholdOptions): Condition {
  if (metric.of === 'open') return openAgesCondition(metric, { bounds, quantile, lookBackMs: overMs });
  return {
    ...{ kinds: metric.kinds, ends: [], mostSeries: MOST_SERIES, bounds, lookBackMs: overMs },
    open: () => (metric.of === 'count' ? countWatch(metric, overMs) : valueWatch(metric, quantile, overMs)),
  };
}

function countWatch(metric: Extract<WatchedMetric, { readonly of: 'count' }>, overMs: number): Watch {
  const window = new CountWindow(overMs);
  return {
    take: (seen) => {
      if (!isCounted(metric, seen)) return false;
      window.add(seen.at, { counted: true, all: false });
      return true;
    },
    look: (now) => ({ value: window.total(now).counted }),
    isIdle: (now) => window.isIdle(now),
    save: () => window.save(),
    resume: (saved) => window.resume(saved),
  };
}

type Measuring = Extract<WatchedMetric, { readonly of: 'value' | 'sum' }>;

function valueWatch(metric: Measuring, quantile: number | undefined, overMs: number): Watch {
  const slots = new TimeSlots({ lengthMs: overMs, slots: SLOTS, make: newSketch });
  return {
    take: (seen) => {
      const value = measuredValue(metric, seen);
      if (value === undefined) return false;
      addValue(slots.at(seen.at), value);
      return true;
    },
    look: (now) => {
      const all = merged(slots.within(now));
      const value = metric.of === 'sum' ? all.sum : quantileOf(all, quantile);
      return value === undefined ? undefined : { value };
    },
    isIdle: (now) => {
      slots.within(now);
      return slots.isEmpty;
    },
    save: () => slots.entries.map(([index, sketch]) => [index, saveSketch(sketch)]),
    resume: (saved) => slots.resume(SavedSchema.parse(saved).map(([at, sketch]) => [at, sketchOf(sketch)])),
  };
}
