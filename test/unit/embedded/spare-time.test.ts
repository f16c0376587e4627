import { expect, test } from 'vitest';
import { restOf, SpareTime } from '#embedded/spare-time.ts';

test.each([
  ['nothing else to do', 0, 0, 4],
  ['half of the time taken', 0.5, 0, 16],
  ['much to do', 0.9, 0, 400],
  ['hardly any time', 0.95, 0, 1_000],
  ['no time at all', 1, 0, 1_000],
  ['no time at all, and half of the room taken', 1, 0.5, 1_000],
  ['no time at all, and more of the room taken', 1, 0.51, 50],
  ['little time, and more of the room taken', 0.8, 0.51, 20],
  ['nothing else to do, and no room', 0, 1, 4],
  ['more time taken than there was, by the clock', 1.01, 0, 1_000],
])('with %s, a loop that is busy for %d rests', (_, utilization, filled, rest) => {
  expect(restOf(utilization, filled)).toBeCloseTo(rest);
});

test('who rests asks again each second at the latest, and goes on once it has rested for long enough', () => {
  const spare = new SpareTime();
  expect(spare.restAfter({ workedMs: 0, restedMs: 0 })).toBe(0);
  expect(spare.restAfter({ workedMs: 1e6, restedMs: 0 })).toBe(1_000);
  expect(spare.restAfter({ workedMs: 1e6, restedMs: 59_500 })).toBe(500);
  expect(spare.restAfter({ workedMs: 1e6, restedMs: 60_000 })).toBe(0);
  expect(spare.restAfter({ workedMs: 1, restedMs: 1_000 })).toBe(0);
});
