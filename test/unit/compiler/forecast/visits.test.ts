import { expect, test } from 'vitest';
import { visitsOf } from '#compiler/forecast/visits.ts';
import type { JsonObject } from '#core/json.ts';

const NONE = { items: new Map(), loops: new Map(), shares: new Map() };

function timesOf(states: JsonObject, start = 'a'): Readonly<Record<string, number>> {
  const visits = visitsOf({ StartAt: start, States: states }, NONE);
  return Object.fromEntries([...visits].map(([name, { times }]) => [name, times]));
}

const PASS = { Type: 'Pass', End: true };

test.each<[string, JsonObject, Readonly<Record<string, number>>]>([
  ['states in a row are entered once', { a: { Type: 'Pass', Next: 'b' }, b: PASS }, { a: 1, b: 1 }],
  [
    'of two ways, the one with more states is taken',
    {
      a: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'b' }], Default: 'c' },
      b: PASS,
      c: { Type: 'Pass', Next: 'd' },
      d: PASS,
    },
    { a: 1, c: 1, d: 1 },
  ],
  [
    'a way that ends in a failure is not taken while there is another',
    {
      a: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'b' }], Default: 'd' },
      b: { Type: 'Pass', Next: 'c' },
      c: { Type: 'Fail' },
      d: PASS,
    },
    { a: 1, d: 1 },
  ],
  [
    'a machine that always fails is followed all the same',
    { a: { Type: 'Pass', Next: 'b' }, b: { Type: 'Fail' } },
    { a: 1, b: 1 },
  ],
  [
    'what a raw Map state does counts as often as is assumed',
    { a: { Type: 'Map', ItemProcessor: { StartAt: 'b', States: { b: PASS } }, End: true } },
    { a: 1, b: 10 },
  ],
  [
    'a loop that no step of ours makes is gone through once',
    {
      a: { Type: 'Pass', Next: 'b' },
      b: { Type: 'Pass', Next: 'c' },
      c: { Type: 'Choice', Choices: [{ Condition: '{% true %}', Next: 'a' }], Default: 'd' },
      d: PASS,
    },
    { a: 1, b: 1, c: 1, d: 1 },
  ],
])('%s', (_name, states, expected) => {
  expect(timesOf(states)).toEqual(expected);
});
