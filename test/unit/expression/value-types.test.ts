import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';
import { parseExpression } from '#expression/parse.ts';
import { inferTypes, type JsonType, type Types } from '#expression/value-types.ts';

const KNOWN: Readonly<Record<string, JsonType>> = {
  n: 'number',
  s: 'string',
  b: 'boolean',
  z: 'null',
  l: 'array',
  o: 'object',
};

function typesOfName(name: string, fields: readonly string[]): Types {
  const type = KNOWN[fields.at(-1) ?? name];
  return type && new Set([type]);
}

function inferred(text: string): { types: string; clashes: string[] } {
  const { types, clashes } = inferTypes(parseExpression(text).tree, typesOfName);
  return {
    types: types === undefined ? 'unknown' : [...types].toSorted().join(' '),
    clashes: clashes.map(
      ({ operator, offset, types: of }) => `${operator} at ${offset}: ${[...of].join(' ')}`,
    ),
  };
}

describe('what an expression gives is known from its form', () => {
  test.each([
    ['1', 'number'],
    ["'a'", 'string'],
    ['true', 'boolean'],
    ['null', 'null'],
    ['[1, 2]', 'array'],
    ['{ "a": 1 }', 'object'],
    ['$n', 'number'],
    ['$x.s', 'string'],
    ['$unknown', 'unknown'],
    ['$', 'unknown'],
    ['$$', 'unknown'],
    ['$l[0]', 'unknown'],
    ['$x.s[0]', 'unknown'],
    ['$x[0].s', 'unknown'],
    ['$x.*', 'unknown'],
    ['$x.($string($))', 'unknown'],
    ['$n ~> $string', 'unknown'],
    ['s', 'unknown'],
    ['-$n', 'number'],
    ['$n * 2', 'number'],
    ['$n & $s', 'string'],
    ['$n = $s', 'boolean'],
    ['$n < 2 and $b', 'boolean'],
    ['$s in $l', 'boolean'],
    ['$b ? $n : $s', 'number string'],
    ['$b ? $n', 'number'],
    ['$b ? $n : $unknown', 'unknown'],
    ['($y := 1; $y)', 'unknown'],
    ['($n := 1; $n & 1)', 'string'],
    ['($n := "a"; $n)', 'unknown'],
    ['function($n) { $n + 1 }', 'unknown'],
    ['$uppercase($s)', 'string'],
    ['$count($l)', 'number'],
    ['$exists($unknown)', 'boolean'],
    ['$lookup($o, "a")', 'unknown'],
    ['($count := function() { "a" }; $count())', 'unknown'],
    ['$l{ s: n }', 'unknown'],
    ['$l^(n)', 'unknown'],
  ])('%s gives %s', (text, types) => {
    expect(inferred(text).types).toBe(types);
  });
});

describe('an operand of a type that its operator cannot take is told of', () => {
  test.each([
    ['$s + 1', ['+ at 3: string']],
    ['1 - $z', ['- at 2: null']],
    ['-$s', ['- at 0: string']],
    ['$o < 1', ['< at 3: object']],
    ['$s < "a"', []],
    ['$l >= [1]', ['>= at 3: array', '>= at 3: array']],
    ['($b ? $n : $s) * 2', []],
    ['$sum([1]) / $trim($s)', ['/ at 10: string']],
    ['$b ? $s % 2 : 1', ['% at 8: string']],
    ['$s + 1 ? 1 : 2', ['+ at 3: string']],
    ['$string($s * 1)', ['* at 11: string']],
    ['($n := $s; $n + 1)', []],
    ['$s = 1', []],
  ])('%s: %j', (text, clashes) => {
    expect(inferred(text).clashes).toEqual(clashes);
  });
});

const BINDINGS: Readonly<Record<string, Json>> = {
  n: 3,
  s: 'text',
  b: false,
  z: null,
  l: [1, 2],
  o: { n: 3, s: 'text', b: true, z: null, l: ['a', 'b'], o: {} },
};

const { text: anyText } = fc.letrec<{ text: string; leaf: string; node: string }>((tie) => ({
  text: fc.oneof({ maxDepth: 3 }, tie('leaf'), tie('node')),
  leaf: fc.constantFrom(
    '$n',
    '$s',
    '$b',
    '$z',
    '$l',
    '$o',
    '$o.n',
    '$o.s',
    '$o.l',
    '$o.o',
    '1',
    '"7"',
    'true',
    'null',
  ),
  node: fc.oneof(
    fc
      .tuple(
        tie('text'),
        fc.constantFrom('+', '-', '*', '/', '%', '&', '=', '<', '>=', 'in', 'and', 'or'),
        tie('text'),
      )
      .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
    fc.tuple(tie('text'), tie('text'), tie('text')).map(([a, b, c]) => `(${a} ? ${b} : ${c})`),
    fc
      .tuple(
        fc.constantFrom('string', 'count', 'not', 'type', 'length', 'max', 'exists', 'sum', 'trim'),
        tie('text'),
      )
      .map(([name, operand]) => `$${name}(${operand})`),
    fc.tuple(tie('text'), tie('text')).map(([a, b]) => `[${a}, ${b}]`),
  ),
}));

function typeOfJson(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

test('what is inferred is what evaluation gives, and what clashes fails', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, async (text) => {
      const { types, clashes } = inferTypes(parseExpression(text).tree, typesOfName);
      const value = await evaluate(text, { bindings: BINDINGS }).catch((error: unknown) => {
        expect(error).toBeInstanceOf(EvaluationError);
        return undefined;
      });
      if (value !== undefined && types !== undefined) expect([...types]).toContain(typeOfJson(value));
      const isEager = !/\?| and | or /.test(text);
      if (clashes.length > 0 && isEager) expect(value).toBeUndefined();
    }),
    { numRuns: 2_000 },
  );
});
