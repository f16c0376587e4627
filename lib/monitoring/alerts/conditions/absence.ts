import * as z from 'zod';
import { kindsOfEvent, PRESENCE } from '#definition/alert/signals.ts';
import type { Condition, Watch } from './watch.ts';

/** Each device may be one: a series of an absence is but a time. */
const MOST_SERIES = 20_000;

const SavedSchema = z.object({ last: z.number(), there: z.array(z.string()) });

/** What an absence is written as, its time in ms. */
export interface AbsenceOptions {
  readonly of: string;
  readonly forMs: number;
}

/** An event that has not come for some time. Its value is for how many seconds. */
export function absenceCondition({ of, forMs }: AbsenceOptions): Condition {
  const presence = PRESENCE[of];
  const kinds = [...kindsOfEvent(of), ...(presence === undefined ? [] : [presence.ends])];
  return {
    ...{ kinds, ends: [], bounds: { above: forMs / 1_000 }, lookBackMs: forMs, mostSeries: MOST_SERIES },
    open: (since) => absenceWatch(since, presence),
  };
}

function absenceWatch(since: number, presence: (typeof PRESENCE)[string] | undefined): Watch {
  let last = since;
  // What is there counts as being heard of, whether it says something or not.
  const there = new Set<string>();
  return {
    take: ({ kind, at, device = '' }) => {
      last = Math.max(last, at);
      if (kind === presence?.begins) there.add(device);
      else if (kind === presence?.ends) there.delete(device);
      return true;
    },
    look: (now) => (there.size > 0 ? { value: 0 } : { value: Math.max(0, now - last) / 1_000, since: last }),
    // One that has been heard of is waited for from then on.
    isIdle: () => false,
    forgive: (from, until) => {
      last += Math.max(0, until - Math.max(from, last));
    },
    save: () => ({ last, there: [...there] }),
    resume: (saved) => {
      const held = SavedSchema.parse(saved);
      last = held.last;
      there.clear();
      for (const device of held.there) there.add(device);
    },
  };
}
