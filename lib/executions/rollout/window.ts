import type { BeginRequest } from '#compiler/rollout-payload.ts';
import { RuntimeError } from '#core/error.ts';
import { WEEKDAYS } from '#definition/step-parts.ts';

/** A maintenance window by the clock of a site. */
export type SiteWindow = NonNullable<BeginRequest['window']>;

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Days from 1970-01-01, a Thursday, to the Monday that `WEEKDAYS` begins with. */
const MONDAY = 4;

/** A window may be closed for a week, and a change of the clocks may leave out one that is due. */
const DAYS_AHEAD = 15;

/**
 * When a window is next open: `now` where it is, else when it opens; in ms since the epoch. A window belongs to the day on which it
 * opens. Where the clocks are put forward over its edge, the edge is as much later; where they are put back, the first of the two
 * times counts. Throws Step.InvalidArguments for a time zone that nobody knows.
 */
export function nextOpening(window: SiteWindow, now: number): number {
  const clock = siteClock(window.timezone);
  const today = Math.floor(clock.wallTime(now) / DAY_MS);
  // One that was opened yesterday may still be open.
  for (let day = today - 1; day < today + DAYS_AHEAD; day++) {
    if (!window.days.includes(weekday(day))) continue;
    const { opens, closes } = edges(window, day);
    if (clock.instant(closes) > now) return Math.max(now, clock.instant(opens));
  }
  throw new Error('a window opens at least once a week');
}

function weekday(day: number): (typeof WEEKDAYS)[number] {
  return WEEKDAYS.at((day - MONDAY) % WEEKDAYS.length) ?? 'mon';
}

/** By the clock on the wall, in ms as if that were UTC. */
function edges({ from, to }: SiteWindow, day: number): { readonly opens: number; readonly closes: number } {
  const [opens, closes] = [timeOfDay(from), timeOfDay(to)];
  const start = day * DAY_MS;
  return { opens: start + opens, closes: start + closes + (closes > opens ? 0 : DAY_MS) };
}

function timeOfDay(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE_MS;
}

/** The clock of a place. Its wall time is in ms as if it were UTC. */
interface SiteClock {
  wallTime(instant: number): number;
  /** The first instant at which the clock shows a time. */
  instant(wallTime: number): number;
}

function siteClock(timeZone: string): SiteClock {
  const format = formatOf(timeZone);
  const wallTime = (instant: number): number => {
    const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    return Date.UTC(
      part('year'),
      part('month') - 1,
      part('day'),
      part('hour'),
      part('minute'),
      part('second'),
    );
  };
  const offset = (instant: number): number => wallTime(instant) - Math.floor(instant / 1_000) * 1_000;
  return {
    wallTime,
    instant: (wall) => {
      // No place changes its clock twice in two days: what holds a day before and a day after are all offsets there are.
      const before = wall - offset(wall - DAY_MS);
      const after = wall - offset(wall + DAY_MS);
      const found = [before, after].filter((one) => wallTime(one) === wall);
      return found.length === 0 ? before : Math.min(...found);
    },
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  const time = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone, ...numeric, ...time, calendar: 'iso8601' });
  } catch (cause) {
    throw new RuntimeError('Step.InvalidArguments', `"${timeZone}" is no time zone`, { cause });
  }
}
