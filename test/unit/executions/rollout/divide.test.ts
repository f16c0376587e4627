import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PlannedWave } from '#compiler/rollout-payload.ts';
import { divideIntoWaves } from '#executions/rollout/divide.ts';

const DEVICES = ['a', 'b', 'c', 'd', 'e'];

test.each<readonly [string, readonly PlannedWave[], readonly string[]]>([
  ['a count, and the rest', [{ count: 2 }, { rest: true }], ['ab', 'cde']],
  ['a count that is no whole number', [{ count: 1.9 }, { rest: true }], ['a', 'bcde']],
  ['a count of none', [{ count: -3 }, { rest: true }], ['abcde']],
  ['a count of more than there are', [{ count: 9 }, { rest: true }], ['abcde']],
  ['shares, each of all', [{ percent: 40 }, { percent: 40 }, { percent: 20 }], ['ab', 'cd', 'e']],
  ['a share of less than one', [{ percent: 1 }, { rest: true }], ['a', 'bcde']],
  ['those that are meant', [{ matches: [false, true, false, true] }, { rest: true }], ['bd', 'ace']],
  ['none that is meant', [{ matches: [] }, { rest: true }], ['abcde']],
  [
    'canaries of those that are left',
    [{ count: 1 }, { kinds: DEVICES.map((_, item) => ({ odd: item % 2 })) }, { rest: true }],
    ['a', 'bc', 'de'],
  ],
])('%s', (_, waves, expected) => {
  const { rank, waves: spans } = divideIntoWaves({ devices: DEVICES, waves });
  const order = DEVICES.map((_device, at) => DEVICES[rank.indexOf(at)]).join('');
  expect(spans.map(({ from, to }) => order.slice(from, to))).toEqual(expected);
});

test('items that are left out are in no wave, and count for no share', () => {
  const { rank, waves } = divideIntoWaves({
    devices: DEVICES,
    waves: [{ percent: 50 }, { rest: true }],
    without: new Set([0, 2, 4]),
  });
  expect(rank).toEqual([-1, 0, -1, 1, -1]);
  expect(waves.map(({ from, to }) => [from, to])).toEqual([
    [0, 1],
    [1, 2],
  ]);
});

test('waves keep their tolerance when one before them falls away', () => {
  const waves: PlannedWave[] = [
    { matches: [], tolerate: { count: 9 } },
    { rest: true, tolerate: { count: 1 } },
  ];
  expect(divideIntoWaves({ devices: DEVICES, waves }).waves).toEqual([
    { from: 0, to: 5, tolerate: { count: 1 } },
  ]);
});

test('any waves that end with the rest take every item once, in the order of the items inside each', () => {
  const wave: fc.Arbitrary<PlannedWave> = fc.oneof(
    fc.record({ count: fc.integer({ min: -2, max: 12 }) }),
    fc.record({ percent: fc.integer({ min: 1, max: 100 }) }),
    fc.record({ matches: fc.array(fc.boolean(), { maxLength: 12 }) }),
  );
  fc.assert(
    fc.property(fc.array(wave, { maxLength: 5 }), fc.nat({ max: 12 }), (waves, count) => {
      const devices = Array.from({ length: count }, (_, item) => `d${item}`);
      const { rank, waves: spans } = divideIntoWaves({ devices, waves: [...waves, { rest: true }] });
      expect(rank.toSorted((one, other) => one - other)).toEqual([...devices.keys()]);
      expect(spans.at(-1)?.to ?? 0).toBe(count);
      for (const { from, to } of spans) {
        const taken = [...rank.entries()].filter(([, at]) => at >= from && at < to);
        expect(taken.map(([, at]) => at)).toEqual(taken.map(([, at]) => at).toSorted((a, b) => a - b));
      }
    }),
  );
});
