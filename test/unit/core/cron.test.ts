import { expect, test } from 'vitest';
import { lastTime, nextTime } from '#core/cron.ts';

const at = (text: string): number => Date.parse(text);
const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());

test.each([
  ['0 7 * * mon', 'Europe/Berlin', '2026-11-26T00:00:00Z', '2026-11-30T06:00:00.000Z'],
  ['0 7 * * mon', 'Europe/Berlin', '2027-03-27T00:00:00Z', '2027-03-29T05:00:00.000Z'],
  ['0 7 * * *', undefined, '2026-11-26T07:00:00Z', '2026-11-27T07:00:00.000Z'],
  ['*/15 8 1 jan *', 'UTC', '2026-11-26T00:00:00Z', '2027-01-01T08:00:00.000Z'],
  // The clock is put forward over half past two, and back over it.
  ['30 2 * * *', 'Europe/Berlin', '2027-03-27T12:00:00Z', '2027-03-28T01:00:00.000Z'],
  ['30 2 * * *', 'Europe/Berlin', '2027-10-30T12:00:00Z', '2027-10-31T00:30:00.000Z'],
  ['30 2 * * *', 'Europe/Berlin', '2027-10-31T00:30:00Z', '2027-11-01T01:30:00.000Z'],
  ['0 7 30 2 *', 'UTC', '2026-11-26T00:00:00Z', undefined],
])('after "%s" in %s, %s comes %s', (cron, timezone, after, next) => {
  expect(iso(nextTime({ cron, timezone }, at(after)))).toBe(next);
});

test('however many expressions there are, each has its own times', () => {
  const minutes = Array.from({ length: 60 }, (_, minute) => minute);
  const hours = Array.from({ length: 10 }, (_, hour) => hour);
  for (let round = 0; round < 2; round++)
    for (const hour of hours)
      for (const minute of minutes)
        expect(nextTime({ cron: `${minute} ${hour} * * *` }, 0)).toBe((hour * 60 + minute || 1_440) * 60_000);
});

test('what is no expression is told', () => {
  expect(() => nextTime({ cron: '0 25 * * *' }, 0)).toThrow('hour');
});

test('of times that have passed the last is found, and how many there were before it, up to a bound', () => {
  const daily = { cron: '0 7 * * *' };
  const due = at('2026-11-20T07:00:00Z');
  expect(lastTime(daily, due, at('2026-11-26T06:59:00Z'))).toEqual({
    last: at('2026-11-25T07:00:00Z'),
    before: 5,
  });
  expect(lastTime(daily, due, due)).toEqual({ last: due, before: 0 });
  expect(lastTime({ cron: '* * * * *' }, 0, at('2026-11-26T00:00:00Z')).before).toBe(1_000);
  expect(lastTime({ cron: '0 0 30 2 *' }, 7, 8)).toEqual({ last: 7, before: 0 });
});
