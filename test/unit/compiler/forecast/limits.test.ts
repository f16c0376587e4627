import { expect, test } from 'vitest';
import { axisTicks } from '#compiler/forecast/axis-ticks.ts';
import { formatDollars } from '#compiler/forecast/cost.ts';
import { limitsOf } from '#compiler/forecast/limits.ts';
import { machineStates } from '#compiler/forecast/machine-states.ts';

const WITHIN = { historyEvents: 25_000, payloadBytes: 262_144, definitionBytes: 1_048_576, longestName: 80 };

test.each([
  [WITHIN, []],
  [{ ...WITHIN, historyEvents: 25_001 }, ['history events']],
  [{ ...WITHIN, payloadBytes: 262_145 }, ['payload bytes']],
  [{ ...WITHIN, definitionBytes: 1_048_577 }, ['definition bytes']],
  [{ ...WITHIN, longestName: 81 }, ['characters of a state name']],
])('%o goes over the limits of %j', (measured, expected) => {
  const exceeded = limitsOf(measured).filter(({ isExceeded }) => isExceeded);
  expect(exceeded.map(({ name }) => name)).toEqual(expected);
});

test.each([
  [0, [0]],
  [4, [0, 1, 2, 3, 4]],
  [12_200, [0, 2_000, 4_000, 6_000, 8_000, 10_000, 12_000]],
  [90_000, [0, 15_000, 30_000, 45_000, 60_000, 75_000, 90_000]],
])('an axis of %i ms has round ticks', (totalMs, expected) => {
  expect(axisTicks(totalMs)).toEqual(expected);
});

test('an axis of many days has at most nine ticks, at whole days', () => {
  const ticks = axisTicks(40.5 * 86_400_000);
  expect(ticks.length).toBeLessThanOrEqual(9);
  expect(ticks.filter((ms) => ms % 86_400_000 !== 0)).toEqual([]);
});

test.each([
  [1.375, '$1.38'],
  [0.25, '$0.25'],
  [0.0013812, '$0.0014'],
  [0, '$0'],
])('%f dollars are %s', (dollars, expected) => {
  expect(formatDollars(dollars)).toBe(expected);
});

test('a state that no rule of ours makes is the author’s own', () => {
  const definition = { StartAt: 'raw', States: { raw: { Type: 'Pass', Next: 'raw mine' }, 'raw mine': {} } };
  expect(machineStates(definition, new Set(['raw'])).extra).toEqual([
    { name: 'raw mine', reason: "the author's own" },
  ]);
});
