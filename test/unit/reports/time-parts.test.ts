import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TimePart } from '#definition/report/report.ts';
import { compareParts, isAlongTime, partsBetween, timePart } from '#reports/evaluate/time-parts.ts';

test.each<[string, TimePart, string, string]>([
  ['2026-11-26T13:59:59Z', 'hour', 'UTC', '2026-11-26 13:00'],
  ['2026-11-26T23:30:00Z', 'hour', 'Europe/Berlin', '2026-11-27 00:00'],
  ['2026-11-26T23:30:00Z', 'day', 'Europe/Berlin', '2026-11-27'],
  ['2026-11-26T23:30:00Z', 'day', 'America/New_York', '2026-11-26'],
  ['2026-11-26T00:00:00Z', 'week', 'UTC', '2026-11-23'],
  ['2026-11-22T23:30:00Z', 'week', 'Europe/Berlin', '2026-11-23'],
  ['2026-11-22T22:30:00Z', 'week', 'Europe/Berlin', '2026-11-16'],
  ['2026-12-31T23:30:00Z', 'month', 'Europe/Berlin', '2027-01'],
  ['2026-11-26T12:00:00Z', 'weekday', 'UTC', 'thu'],
  ['1969-12-31T12:00:00Z', 'weekday', 'UTC', 'wed'],
  ['1969-12-22T12:00:00Z', 'weekday', 'UTC', 'mon'],
  ['1969-12-21T12:00:00Z', 'weekday', 'UTC', 'sun'],
  ['1969-12-21T12:00:00Z', 'week', 'UTC', '1969-12-15'],
  ['2026-11-26T13:05:00Z', 'hour-of-day', 'Asia/Kolkata', '18'],
  // The hour that the clock shows twice is one.
  ['2027-10-31T00:30:00Z', 'hour', 'Europe/Berlin', '2027-10-31 02:00'],
  ['2027-10-31T01:30:00Z', 'hour', 'Europe/Berlin', '2027-10-31 02:00'],
])('%s by %s in %s is %s', (instant, part, timezone, text) => {
  expect(timePart(Date.parse(instant), part, timezone)).toBe(text);
});

test.each<[string, string, TimePart, readonly string[]]>([
  ['2026-11-30', '2026-12-02', 'day', ['2026-11-30', '2026-12-01', '2026-12-02']],
  ['2026-11-16', '2026-11-30', 'week', ['2026-11-16', '2026-11-23', '2026-11-30']],
  ['2026-11', '2027-01', 'month', ['2026-11', '2026-12', '2027-01']],
  ['2026-11-26 23:00', '2026-11-27 00:00', 'hour', ['2026-11-26 23:00', '2026-11-27 00:00']],
  ['wed', 'wed', 'weekday', ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']],
])('from %s to %s by %s there are %j', (first, last, part, all) => {
  expect(partsBetween(first, last, part, 100)).toEqual(all);
});

test('a part of any time is among those around it, and they are in order', () => {
  const parts = fc.constantFrom<TimePart>('hour', 'day', 'week', 'month', 'weekday', 'hour-of-day');
  const times = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) });
  const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata');
  fc.assert(
    fc.property(
      parts,
      times,
      fc.integer({ min: 0, max: 20 * 86_400_000 }),
      zones,
      (part, at, later, zone) => {
        const [one, other] = [timePart(at, part, zone), timePart(at + later, part, zone)];
        const all = partsBetween(one, other, part, 1_000);
        expect(all).toContain(one);
        expect(all).toContain(other);
        const sorted = all.toSorted((left, right) => compareParts(left, right, part));
        expect(all).toEqual(sorted);
        if (isAlongTime(part)) expect(compareParts(one, other, part)).toBeLessThanOrEqual(0);
      },
    ),
  );
});
