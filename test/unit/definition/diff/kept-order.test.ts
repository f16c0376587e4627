import fc from 'fast-check';
import { expect, test } from 'vitest';
import { movedIds } from '#definition/diff/kept-order.ts';

test.each<[before: string, after: string, moved: string]>([
  ['abc', 'abc', ''],
  ['abc', 'xaybzc', ''],
  ['abcd', 'dabc', 'd'],
  ['abcd', 'bcda', 'a'],
  ['ab', 'cd', ''],
])('from %s to %s, "%s" has moved', (before, after, moved) => {
  expect([...movedIds([...before], [...after])].join('')).toBe(moved);
});

test('without those that have moved, the order is the same', () => {
  const ids = fc.uniqueArray(fc.constantFrom(...'abcdefghij'));
  fc.assert(
    fc.property(ids, ids, (before, after) => {
      const moved = movedIds(before, after);
      const left = (list: readonly string[], other: readonly string[]): string[] =>
        list.filter((id) => other.includes(id) && !moved.has(id));
      expect(left(before, after)).toEqual(left(after, before));
    }),
  );
});
