import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { seededRandom } from '#core/random.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';

test('an expression sees its bindings and its context', async () => {
  expect(await evaluate('$a.b + c', { bindings: { a: { b: 1 } }, input: { c: 2 } })).toBe(3);
  expect(await evaluate('$missing.field')).toBeUndefined();
});

test('values come as plain JSON', async () => {
  const value = await evaluate('[1, 2][$ > 1] ~> $append(3)');
  expect(value).toEqual([2, 3]);
  expect(Object.keys(Object(value))).toEqual(['0', '1']);
});

test('a value that goes through an expression comes out as JSON would keep it, and is a copy', async () => {
  await fc.assert(
    fc.asyncProperty(fc.json({ maxDepth: 4 }), async (text) => {
      const value: Json = JSON.parse(text);
      const given = await evaluate('$value', { bindings: { value } });
      expect(JSON.stringify(given)).toBe(JSON.stringify(value));
      if (typeof value === 'object' && value !== null) expect(given).not.toBe(value);
    }),
  );
});

test('a field named __proto__ stays a field', async () => {
  const value: Json = JSON.parse('{"__proto__": {"admin": true}, "list": [{"__proto__": 1}]}');
  const given = await evaluate('$value', { bindings: { value } });
  expect(JSON.stringify(given)).toBe('{"__proto__":{"admin":true},"list":[{"__proto__":1}]}');
  expect(Reflect.get(Object(given), 'admin')).toBe(undefined);
});

test.each([
  ['does not parse', '$a +', /end of expression/],
  ['is too long', `'${'x'.repeat(40_000)}'`, /too long/],
  ['fails', "$error('broken')", /broken/],
  ['gives a function', '$sum', /function/],
  ['calls $eval, which Step Functions has not', "$eval('1')", /non-function/],
  ['gives a function deep inside', '{"a": [$sum]}', /function/],
  ['gives a function of its own', 'function($x){ $x }', /function/],
])('an expression that %s gives no value', async (_, text, message) => {
  await expect(evaluate(text)).rejects.toThrow(EvaluationError);
  await expect(evaluate(text)).rejects.toThrow(message);
});

test.each([
  ["'a'.constructor"],
  ['$sum.constructor'],
  ["$lookup({}, '__proto__')"],
  ['$toString'],
  ['$process'],
])('%s reaches nothing of JavaScript', async (text) => {
  expect(await evaluate(text)).toBeUndefined();
});

describe('no expression goes on for ever', () => {
  const limits = { timeoutMs: 200, depth: 100, sequence: 1_000 };

  test.each([
    ['calls itself at its end', '($f := function($x){ $f($x) }; $f(1))'],
    ['calls itself before its end', '($f := function($x){ 1 + $f($x) }; $f(1))'],
    ['runs loops inside loops', '$map([1..900], function($a){ $map([1..900], function($b){ $a * $b }) })'],
    ['makes a long list', '[1..10000000]'],
    [
      'sorts by what never agrees',
      '$sort([1..900], function($a, $b){ $count($map([1..900], function($x){ $x })) > 0 })',
    ],
    ['doubles a text', '($f := function($s){ $f($s & $s) }; $f("aaaaaaaa"))'],
    ['doubles a list', '($f := function($s){ $f($append($s, $s)) }; $f([1]))'],
  ])('that %s', async (_, text) => {
    const started = performance.now();
    await expect(evaluate(text, {}, limits)).rejects.toThrow(EvaluationError);
    expect(performance.now() - started).toBeLessThan(2_000);
  });

  test('whatever it is made of', async () => {
    const { any } = fc.letrec<{ any: string }>((tie) => ({
      any: fc.oneof(
        { maxDepth: 4 },
        fc.constantFrom('1', '"a"', '$x', '[1..50]', '{"k": 1}', '$', 'true', 'null', '/a/'),
        fc
          .tuple(
            tie('any'),
            fc.constantFrom('+', '-', '*', '/', '&', '=', '<', 'in', '.', '~>', 'and'),
            tie('any'),
          )
          .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
        fc.tuple(tie('any'), tie('any')).map(([list, body]) => `$map(${list}, function($x){ ${body} })`),
        fc.tuple(tie('any'), tie('any')).map(([first, second]) => `($x := ${first}; ${second})`),
        tie('any').map((inner) => `($f := function($x){ $f(${inner}) }; $f(1))`),
        fc
          .tuple(
            fc.constantFrom('sum', 'count', 'string', 'keys', 'reverse', 'join', 'length', 'sort', 'split'),
            tie('any'),
          )
          .map(([name, inner]) => `$${name}(${inner})`),
        fc.tuple(tie('any'), tie('any')).map(([left, right]) => `${left}[${right}]`),
      ),
    }));
    await fc.assert(
      fc.asyncProperty(any, async (text) => {
        const started = performance.now();
        const outcome: unknown = await evaluate(
          text,
          { input: { k: [1, 2] } },
          { timeoutMs: 100, depth: 100, sequence: 1_000 },
        ).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(EvaluationError);
        expect(performance.now() - started).toBeLessThan(1_500);
      }),
      { numRuns: 100 },
    );
  });
});

test('the same seed draws the same', async () => {
  const draw = () => evaluate('[$random(), $uuid()]', { random: seededRandom(7) });
  expect(await draw()).toEqual(await draw());
});

test('thousands of different expressions are evaluated, kept or not', async () => {
  for (let index = 0; index < 2_100; index++) expect(await evaluate(`${index}`)).toBe(index);
  expect(await evaluate('0')).toBe(0);
});
