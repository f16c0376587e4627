import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ExpressionSyntaxError, MAX_EXPRESSION_LENGTH, parseExpression } from '#expression/parse.ts';

const namesIn = (text: string): string[] => parseExpression(text).variables.map(({ name }) => name);

describe('names that an expression reads from outside', () => {
  test.each([
    ['$a + $b.c', ['a', 'b']],
    ['$a.$b', ['a', 'b']],
    ['$a[$b = 1].c[$d]', ['b', 'a', 'd']],
    ['$a ? $b : $c', ['a', 'b', 'c']],
    ['[$a, {"k": $b, $c: 1}]', ['a', 'b', 'c']],
    ['-$a', ['a']],
    ['$a[[$b..$c]]', ['a', 'b', 'c']],
    ['$a^($b, >$c)', ['a', 'b', 'c']],
    ['$a{$b: $c}', ['b', 'c', 'a']],
    ['$a ~> $b', ['a', 'b']],
    ['$a ~> |$b|{"x": $c}, $d|', ['a', 'b', 'c', 'd']],
    ['$f($a, ?)', ['f', 'a']],
    ['$a.(x; $b)', ['a', 'b']],
    ['"$a" & `$b`', []],
    ['$.x + $$.y', []],
    ['function($x){$x + $a}', ['a']],
    ['($x := $a; $x + $y)', ['a', 'y']],
    ['($f := function($n){$n = 0 ? 1 : $f($n - 1)}; $f(3))', []],
    ['($x := 1; ($y := $x; $y)) + $y', ['y']],
    ['$a@$v#$i.{"v": $v, "i": $i}', ['a']],
    ['$map($a, function($v, $i){$v * $i})', ['map', 'a']],
  ])('of %s are %j', (text, names) => {
    expect(namesIn(text).toSorted()).toEqual(names.toSorted());
  });

  test('are told with their place, their fields, and whether they are called', () => {
    expect(parseExpression(' $input.site.zone & $count($x[0].y)').variables).toEqual([
      { name: 'input', offset: 1, fields: ['site', 'zone'], called: false },
      { name: 'count', offset: 20, fields: [], called: true },
      { name: 'x', offset: 27, fields: [], called: false },
    ]);
  });
});

describe('fields of the context', () => {
  test.each([
    ["site = 'berlin' and zone.hall", ['site', 'zone']],
    ['$a.b[c = 1].d', []],
    ['$a^(b){c: d}', []],
    ['$a ~> |b|{"x": c}|', []],
    ['$a.(b & c)', []],
    ['$map($a, function($v){ b })', ['b']],
    ['*.a', []],
  ])('of %s are %j', (text, names) => {
    expect(parseExpression(text).contextFields.map(({ name }) => name)).toEqual(names);
  });

  test('are told with their place', () => {
    const text = "id & site = 'berlin'";
    expect(parseExpression(text).contextFields).toEqual([
      { name: 'id', offset: 0 },
      { name: 'site', offset: text.indexOf('site') },
    ]);
  });
});

function syntaxError(text: string): ExpressionSyntaxError {
  try {
    parseExpression(text);
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) return error;
    throw error;
  }
  throw new Error(`${text} parses`);
}

describe('what does not parse', () => {
  test.each([
    ['', 0],
    ['$a +', 3],
    ['$a b', 3],
    ['$a)', 2],
    ["'open", 4],
    ['$a ~> /(/', 8],
    ['$match($a, /a**/)', 0],
    ['$a[1', 3],
  ])('%j is refused at its place', (text, offset) => {
    expect(syntaxError(text)).toMatchObject({ name: 'ExpressionSyntaxError', offset });
  });

  test.each([
    ['too long', ' '.repeat(MAX_EXPRESSION_LENGTH + 1)],
    ['nested too deeply', '('.repeat(20_000)],
    ['nested too deeply to the left', `1${'+1'.repeat(16_000)}`],
    ['a path of too many steps', `a${'.a'.repeat(16_000)}`],
  ])('and is %s is refused', (_, text) => {
    expect(syntaxError(text).offset).toBe(0);
  });
});

const token = fc.constantFrom(
  ...[
    '$a',
    '$b.c',
    'd',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    ',',
    ';',
    ':=',
    '.',
    '?',
    ':',
    '+',
    '-',
    '*',
    '**',
    '%',
    '&',
  ],
  ...[
    '=',
    '!=',
    '<',
    '..',
    '~>',
    '|',
    '^',
    '@$v',
    '#$i',
    'and',
    'or',
    'in',
    'function($x)',
    'λ',
    '1',
    '"s"',
    '/r/',
  ],
  ...["'", '"', '`', '/*', '*/', '/', '\\', '$', '$$', 'true', 'null', '>', '??', '?:'],
);

test('any text parses or is refused at a place inside of it', () => {
  const text = fc.oneof(
    fc.array(token, { maxLength: 12 }).map((tokens) => tokens.join(' ')),
    fc.array(token, { maxLength: 12 }).map((tokens) => tokens.join('')),
    fc.string({ unit: 'binary' }),
  );
  fc.assert(
    fc.property(text, (any) => {
      try {
        for (const { name, offset } of parseExpression(any).variables) {
          expect(any.startsWith(`$${name}`, offset), `$${name} at ${offset} of ${any}`).toBe(true);
        }
      } catch (error) {
        if (!(error instanceof ExpressionSyntaxError)) throw error;
        expect(error.offset).toBeGreaterThanOrEqual(0);
        expect(error.offset).toBeLessThanOrEqual(any.length);
      }
    }),
    { numRuns: 3_000 },
  );
});
