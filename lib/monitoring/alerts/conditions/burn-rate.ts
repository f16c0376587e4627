import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import { kindsOfEvent } from '#definition/alert/signals.ts';
import { CountWindow } from './counting.ts';
import { type Condition, MOST_SERIES } from './watch.ts';

/** What a burn rate is written as, its times in ms. */
export interface BurnRateOptions {
  readonly objective: number;
  readonly good: string;
  readonly outOf: string;
  readonly windows: readonly { readonly longMs: number; readonly shortMs: number; readonly rate: number }[];
}

const SavedSchema = z.array(z.tuple([JsonSchema, JsonSchema]));

/**
 * Errors that use up what an objective allows too fast: over a long time, so that it is no blip, and over a short one, so that it
 * ends soon after the trouble does (Google, "The Site Reliability Workbook", ch. 5, "Multiwindow, Multi-Burn-Rate Alerts"). Its value is by how
 * much the rate is greater than what one of the windows allows.
 */
export function burnRateCondition({ objective, good, outOf, windows }: BurnRateOptions): Condition {
  const goodKinds = kindsOfEvent(good);
  const allKinds = kindsOfEvent(outOf);
  return {
    kinds: allKinds,
    ...{ ends: [], mostSeries: MOST_SERIES, bounds: { above: 1 } },
    lookBackMs: Math.max(...windows.map(({ longMs }) => longMs)),
    open: () => {
      const pairs = windows.map(({ longMs, shortMs, rate }) => ({
        ...{ rate, long: new CountWindow(longMs), short: new CountWindow(shortMs) },
      }));
      const burning = (window: CountWindow, now: number): number => {
        const { counted: errors, all } = window.total(now);
        return all === 0 ? 0 : errors / all / (1 - objective);
      };
      return {
        take: ({ kind, at }) => {
          const isError = !goodKinds.includes(kind);
          for (const { long, short } of pairs) {
            long.add(at, { counted: isError, all: true });
            short.add(at, { counted: isError, all: true });
          }
          return isError;
        },
        look: (now) => {
          const worst = pairs.map(
            ({ long, short, rate }) => Math.min(burning(long, now), burning(short, now)) / rate,
          );
          return { value: Math.max(...worst) };
        },
        isIdle: (now) => pairs.every(({ long }) => long.isIdle(now)),
        save: () => pairs.map(({ long, short }) => [long.save(), short.save()]),
        resume: (saved) => {
          for (const [at, [long, short]] of SavedSchema.parse(saved).entries()) {
            pairs[at]?.long.resume(long);
            pairs[at]?.short.resume(short);
          }
        },
      };
    },
  };
}
