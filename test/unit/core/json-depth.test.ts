import { expect, test } from 'vitest';
import { placeBelow } from '#core/json-depth.ts';

test.each([
  ['[[1]]', 2, undefined],
  ['[[[1]]]', 2, 2],
  ['[{"a":[1]}]', 2, 6],
  ['[[],[],{}]', 2, undefined],
  ['"[[[["', 0, undefined],
  [String.raw`["\"[[["]`, 1, undefined],
  ['"[[', 0, undefined],
])('%s goes deeper than %i levels at %s', (text, levels, place) => {
  expect(placeBelow(text, levels)).toBe(place);
});

test('a million brackets take no stack', () => {
  expect(placeBelow('['.repeat(1_000_000), 999_999)).toBe(999_999);
});
