import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatPath, parsePath, valueAt } from '#definition/document-path.ts';

test('a path is written as people read it', () => {
  expect(formatPath(['steps', 1, 'with', 'release'])).toBe('steps[1].with.release');
  expect(formatPath([])).toBe('');
});

test('what was written is read again', () => {
  const part = fc.oneof(fc.stringMatching(/^[a-z]\w*$/), fc.nat());
  const path = fc
    .tuple(fc.stringMatching(/^[a-z]+$/), fc.array(part))
    .map(([first, rest]) => [first, ...rest]);
  fc.assert(
    fc.property(path, (any) => {
      expect(parsePath(formatPath(any))).toEqual(any);
    }),
  );
});

test.each([
  [['a', 1, 'b'], 2],
  [['a', 0], 1],
  [[], { a: [1, { b: 2 }] }],
  [['a', 2], undefined],
  [['a', 'b'], undefined],
  [['a', 1, 'toString'], undefined],
  [['a', 1, 'b', 'c'], undefined],
] as const)('the value at %j is %j', (path, value) => {
  expect(valueAt({ a: [1, { b: 2 }] }, path)).toEqual(value);
});
