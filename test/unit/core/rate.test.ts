import { expect, test } from 'vitest';
import { parseRate } from '#core/rate.ts';

test.each([
  ['5/m', 12_000],
  ['1/s', 1_000],
  ['24/h', 150_000],
  ['2/d', 43_200_000],
  ['0/m', undefined],
  ['5', undefined],
  ['5/w', undefined],
  ['5/m, or so', undefined],
])('a rate of %s is one every %s ms', (text, expected) => {
  expect(parseRate(text)).toBe(expected);
});
