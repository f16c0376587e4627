import { kindsOfEvent } from '#definition/alert/signals.ts';
import { CountWindow } from './counting.ts';
import { type Condition, MOST_SERIES } from './watch.ts';

/** What a rate is written as, its times in ms. */
export interface RateOptions {
  readonly of: string;
  readonly outOf?: string | undefined;
  readonly above: number;
  readonly overMs: number;
  /** Below so many events, a share says nothing. */
  readonly atLeast: number;
}

/** Events that come too often, or are too great a share of others. */
export function rateCondition({ of, outOf, above, overMs, atLeast }: RateOptions): Condition {
  const counted = kindsOfEvent(of);
  const all = outOf === undefined ? counted : kindsOfEvent(outOf);
  return {
    kinds: [...new Set([...counted, ...all])],
    ...{ ends: [], mostSeries: MOST_SERIES, bounds: { above }, lookBackMs: overMs },
    open: () => {
      const window = new CountWindow(overMs);
      return {
        take: ({ kind, at }) => {
          const isCounted = counted.includes(kind);
          window.add(at, { counted: isCounted, all: all.includes(kind) });
          return isCounted;
        },
        look: (now) => {
          const total = window.total(now);
          if (outOf === undefined) return { value: total.counted };
          return total.all < atLeast ? undefined : { value: total.counted / total.all };
        },
        isIdle: (now) => window.isIdle(now),
        save: () => window.save(),
        resume: (saved) => window.resume(saved),
      };
    },
  };
}
