import fc from 'fast-check';
import { expect, test } from 'vitest';
import { delimit, readExpression } from '#expression/delimiters.ts';

test.each([
  ['{% $x %}', '$x', 3],
  ['{%$x%}', '$x', 2],
  ['  {% $x\n%}\n', '$x', 5],
  ['{% %}', '', 3],
  ["{% '%}' & '{%' %}", "'%}' & '{%'", 3],
])('%j is the expression %j', (value, text, offset) => {
  expect(readExpression(value)).toEqual({ text, offset });
});

test.each([['plain'], ['{% open'], ['shut %}'], ['at {% $x %}'], ['{% $x %} there'], ['']])(
  '%j is text',
  (value) => {
    expect(readExpression(value)).toBeUndefined();
  },
);

test('what was delimited is read again', () => {
  const text = fc.string({ unit: 'binary' }).map((any) => any.trim());
  fc.assert(
    fc.property(text, (any) => {
      expect(readExpression(delimit(any))?.text).toBe(any);
    }),
  );
});

test('values of any length are read at once', () => {
  const value = `{%${' '.repeat(200_000)}`;
  const started = performance.now();
  expect(readExpression(value)).toBeUndefined();
  expect(readExpression(`${value}x${' '.repeat(200_000)}`)).toBeUndefined();
  expect(performance.now() - started).toBeLessThan(1_000);
});
