import { WEEKDAYS } from '#core/hours.ts';
import { wallClock } from '#core/wall-clock.ts';
import type { TimePart } from '#definition/report/report.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * A part of a moment by the clock of a place: `2026-11-26 14:00`, `2026-11-26`, the Monday of its week, `2026-11`, `thu` or `14`. Hours
 * that the clock shows twice, as it is put back, are one.
 */
export function timePart(instant: number, part: TimePart, timezone: string): string {
  return TEXTS[part](wallClock(timezone).wallTime(instant));
}

/** By part, how it is written of a wall time. */
const TEXTS: Readonly<Record<TimePart, (wall: number) => string>> = {
  hour: (wall) => `${new Date(wall).toISOString().slice(0, 13).replace('T', ' ')}:00`,
  day: dayText,
  week: (wall) => dayText(wall - ((new Date(wall).getUTCDay() + 6) % 7) * DAY_MS),
  month: (wall) => dayText(wall).slice(0, 7),
  weekday: (wall) => WEEKDAY.format(wall).toLowerCase(),
  'hour-of-day': (wall) => new Date(wall).toISOString().slice(11, 13),
};

const WEEKDAY = new Intl.DateTimeFormat('en', { timeZone: 'UTC', weekday: 'short' });

/** The order of two parts of times: days of the week from Monday on, all others as their texts. */
export function compareParts(one: string, other: string, part: TimePart): number {
  if (part !== 'weekday') return one < other ? -1 : one > other ? 1 : 0;
  const rank = (text: string): number => (WEEKDAYS as readonly string[]).indexOf(text);
  return rank(one) - rank(other);
}

/** Whether values of a part follow each other along time, so that those in between can be told. */
export function isAlongTime(part: TimePart): part is 'hour' | 'day' | 'week' | 'month' {
  return part !== 'weekday' && part !== 'hour-of-day';
}

/** A value of a part as a wall time, in ms as if that were UTC. */
export function wallTimeOf(text: string): number {
  return Date.parse(text.length === 16 ? `${text.replace(' ', 'T')}:00Z` : text);
}

/** Every value of a part from one on to another, both counted in; so many at most. */
export function partsBetween(first: string, last: string, part: TimePart, most: number): readonly string[] {
  if (part === 'weekday') return WEEKDAYS;
  if (part === 'hour-of-day') return Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0'));
  const found: string[] = [];
  let at = wallTimeOf(first);
  for (const end = wallTimeOf(last); at <= end && found.length < most; at = step(at, part))
    found.push(TEXTS[part](at));
  return found;
}

function step(wall: number, part: 'hour' | 'day' | 'week' | 'month'): number {
  if (part === 'hour') return wall + HOUR_MS;
  if (part !== 'month') return wall + (part === 'week' ? 7 : 1) * DAY_MS;
  const date = new Date(wall);
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1);
}

function dayText(wall: number): string {
  return new Date(wall).toISOString().slice(0, 10);
}
