import * as z from 'zod';
import type { WatchedMetric } from '#definition/alert/signals.ts';
import { type Bounds, type Condition, MOST_SERIES } from './watch.ts';

/** So many things of a series are known to be open; those that come while there are more are not looked at. */
const MOST_OPEN = 10_000;

const SavedSchema = z.array(z.tuple([z.string(), z.number()]));

/** For how long something is open, in seconds: the longest of all that is, or a quantile of them. */
export function openAgesCondition(
  { begins, ends }: Extract<WatchedMetric, { readonly of: 'open' }>,
  { bounds, quantile = 1, lookBackMs }: { bounds: Bounds; quantile: number | undefined; lookBackMs: number },
): Condition {
  return {
    ...{ kinds: [...begins, ...ends], ends, bounds, lookBackMs, mostSeries: MOST_SERIES },
    open: () => {
      const open = new Map<string, number>();
      return {
        take: ({ kind, at, thing }) => {
          if (ends.includes(kind)) {
            open.delete(thing);
            return false;
          }
          if (!open.has(thing) && open.size < MOST_OPEN) open.set(thing, at);
          return true;
        },
        look: (now) => {
          if (open.size === 0) return undefined;
          const since = [...open.values()].sort((one, other) => other - one);
          const begun = since[Math.max(0, Math.ceil(quantile * since.length) - 1)] ?? now;
          return { value: Math.max(0, now - begun) / 1_000, since: begun };
        },
        isIdle: () => open.size === 0,
        save: () => [...open],
        resume: (saved) => {
          open.clear();
          for (const [thing, at] of SavedSchema.parse(saved)) open.set(thing, at);
        },
      };
    },
  };
}
