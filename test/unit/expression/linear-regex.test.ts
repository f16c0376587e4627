import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkInput } from '#executions/input.ts';
import { evaluate } from '#expression/evaluate.ts';
import { LinearRegExp } from '#expression/linear-regex.ts';
import { ExpressionSyntaxError, parseExpression } from '#expression/parse.ts';

const HOSTILE = `${'a'.repeat(5_000)}b`;

test.each(['(a+)+$', '(a|aa)+$', '(a|a?)+x', '(.*a){12}$'])(
  '/%s/ takes no time on a text made for it',
  (source) => {
    const started = performance.now();
    expect(new LinearRegExp(new RegExp(source, 'g')).test(HOSTILE)).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
  },
);

test('a hostile pattern neither hangs an expression nor the check of an input', async () => {
  expect(await evaluate('$match($text, /(a+)+$/)', { bindings: { text: HOSTILE } })).toBeUndefined();
  const schema = { type: 'object', properties: { text: { pattern: '^(a+)+$' } } };
  expect(() => checkInput('w 1.0.0', schema, { text: HOSTILE })).toThrow(/must match pattern/);
});

test('each pattern of a schema is checked for itself', () => {
  const schema = { properties: { a: { pattern: '^a+$' }, b: { pattern: '^b+$' } } };
  expect(checkInput('w 1.0.0', schema, { a: 'aa', b: 'bb' })).toEqual({ a: 'aa', b: 'bb' });
  expect(() => checkInput('w 1.0.0', schema, { a: 'bb', b: 'bb' })).toThrow('/a must match pattern');
});

test.each(['(?=x)y', '(?<!x)y', '(x)\\1'])(
  '/%s/, which no linear engine has, is told when it is parsed',
  (source) => {
    expect(() => parseExpression(`$match($a, /${source}/)`)).toThrow(ExpressionSyntaxError);
  },
);

test('finds what RegExp finds', () => {
  const part = fc.constantFrom('a', 'b', '.', '\\d', '\\w', '[ab]', '[^a]', '(a)', '(?:ab)', 'a|b');
  const pattern = fc
    .array(fc.tuple(part, fc.constantFrom('', '*', '+', '?', '{1,2}')), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.map(([text, times]) => `(?:${text})${times}`).join(''));
  fc.assert(
    fc.property(
      pattern,
      fc.stringMatching(/^[ab1 ]{0,12}$/),
      fc.constantFrom('g', 'gi'),
      (source, text, flags) => {
        const theirs = new RegExp(source, flags);
        const ours = new LinearRegExp(theirs);
        for (;;) {
          const [expected, found] = [theirs.exec(text), ours.exec(text)];
          expect(found?.index).toBe(expected?.index);
          expect(found?.[0]).toBe(expected?.[0]);
          if (expected === null || expected[0] === '') return;
        }
      },
    ),
    { numRuns: 500 },
  );
});
