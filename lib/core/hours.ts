import { wallClock } from './wall-clock.ts';

/** Days of the week, the first of them that of 1970-01-05. */
export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Hours of days of the week, by the clock of a place. They belong to the day on which they begin. */
export interface Hours {
  /** Default: every day. */
  readonly days?: readonly (typeof WEEKDAYS)[number][] | undefined;
  /** Such as `07:30`. */
  readonly from: string;
  /** When it is not later, on the day after. */
  readonly to: string;
  /** Default UTC. */
  readonly timezone?: string | undefined;
}

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

/** Days from 1970-01-01, a Thursday, to the Monday that the week begins with. */
const MONDAY = 4;

/** They may come once a week, and a change of the clocks may leave out some that are due. */
const DAYS_AHEAD = 15;

/**
 * The hours that are now, or come next, in ms since the epoch. Where the clocks are put forward over an edge, it is as much later;
 * where they are put back, the first of the two times counts. Throws RangeError for a time zone that nobody knows.
 */
export function nextHours(hours: Hours, now: number): { readonly opens: number; readonly closes: number } {
  const { days = WEEKDAYS, timezone = 'UTC' } = hours;
  const clock = wallClock(timezone);
  const today = Math.floor(clock.wallTime(now) / DAY_MS);
  // Those that began yesterday may go on.
  for (let day = today - 1; day < today + DAYS_AHEAD; day++) {
    if (!days.includes(weekday(day))) continue;
    const { opens, closes } = edges(hours, day);
    const end = clock.instant(closes);
    if (end > now) return { opens: clock.instant(opens), closes: end };
  }
  throw new Error('hours come at least once a week');
}

/** Whether a moment is within the hours; if so, when they end. */
export function hoursEnd(hours: Hours, now: number): number | undefined {
  const { opens, closes } = nextHours(hours, now);
  return opens <= now ? closes : undefined;
}

function weekday(day: number): (typeof WEEKDAYS)[number] {
  return WEEKDAYS.at((day - MONDAY) % WEEKDAYS.length) ?? 'mon';
}

/** By the clock on the wall, in ms as if that were UTC. */
function edges({ from, to }: Hours, day: number): { readonly opens: number; readonly closes: number } {
  const [opens, closes] = [timeOfDay(from), timeOfDay(to)];
  const start = day * DAY_MS;
  return { opens: start + opens, closes: start + closes + (closes > opens ? 0 : DAY_MS) };
}

function timeOfDay(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) * MINUTE_MS;
}
