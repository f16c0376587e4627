import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { seededRandom } from '#core/random.ts';
import { parseIntrinsicCall } from '#expression/json-path/intrinsic-call.ts';
import { JsonPathError } from '#expression/json-path/path-error.ts';
import { evaluateReference, IntrinsicFailure } from '#expression/json-path/payload-template.ts';
import { PathNotFound } from '#expression/json-path/reference.ts';

const INPUT: Json = {
  name: 'pump',
  list: [3, 1, 3, { a: 1 }, { a: 1 }],
  one: 1.5,
  json: '{"a": [1]}',
  'odd, name)': 7,
};

function evaluate(text: string, seed = 1): Json {
  return evaluateReference(text, {
    input: INPUT,
    context: { Execution: { Name: 'run-1' } },
    variables: { site: 'berlin', nested: { deep: [10, 20] } },
    random: seededRandom(seed),
  });
}

describe('an intrinsic function gives', () => {
  test.each<[string, Json]>([
    ['States.Array()', []],
    ["States.Array(1, -2.5e1, 'a', null, true, $.one)", [1, -25, 'a', null, true, 1.5]],
    ['States.ArrayPartition($.list, 2)', [[3, 1], [3, { a: 1 }], [{ a: 1 }]]],
    ['States.ArrayContains($.list, 1)', true],
    ['States.ArrayContains($.list, States.StringToJson(\'{"a": 1}\'))', true],
    ["States.ArrayContains($.list, '1')", false],
    ['States.ArrayRange(1, 9, 2)', [1, 3, 5, 7, 9]],
    ['States.ArrayRange(5, 1, -2)', [5, 3, 1]],
    ['States.ArrayRange(5, 1, 2)', []],
    ['States.ArrayGetItem($.list, 3)', { a: 1 }],
    ['States.ArrayLength($.list)', 5],
    ['States.ArrayUnique($.list)', [3, 1, { a: 1 }]],
    ["States.Base64Encode('Pümpe')", 'UMO8bXBl'],
    ["States.Base64Decode('UMO8bXBl')", 'Pümpe'],
    ["States.Hash('input data', 'SHA-1')", 'aaff4a450a104cd177d28d18d74485e8cae074b7'],
    [
      'States.JsonMerge(States.StringToJson($.json), States.StringToJson(\'{"b":2}\'), false)',
      { a: [1], b: 2 },
    ],
    ['States.JsonToString($.list)', '[3,1,3,{"a":1},{"a":1}]'],
    ['States.StringToJson($.json)', { a: [1] }],
    ["States.StringToJson('  ')", null],
    ["States.StringSplit('a.b+c..d', '.+')", ['a', 'b', 'c', 'd']],
    ["States.StringSplit('ab', '')", ['ab']],
    ['States.MathAdd(-1.5, -1.51)', -3],
    ['States.MathAdd(-0.5, 0)', 0],
    ["States.Format('{} of {} is \\{odd\\}', $.name, $site)", 'pump of berlin is {odd}'],
    ["States.Format('{}', $.list)", '[3, 1, 3, {a=1}, {a=1}]'],
    ["States.Format('It\\'s {}', $$.Execution.Name)", "It's run-1"],
    ['States.Format($.name)', 'pump'],
    ["States.Array($['odd, name)'], $nested.deep[1])", [7, 20]],
    ['States.ArrayLength(States.Array(States.Array(1, 2), 3))', 2],
  ])('%s: %j', (text, value) => {
    expect(evaluate(text)).toEqual(value);
  });

  test('a random number from its start up to its end, the same for the same seed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -50, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        fc.nat(),
        (start, width, seed) => {
          const drawn = evaluate(`States.MathRandom(${start}, ${start + width}, ${seed})`);
          expect(drawn).toBe(evaluate(`States.MathRandom(${start}, ${start + width}, ${seed})`, 99));
          expect(drawn).toBeGreaterThanOrEqual(start);
          expect(drawn).toBeLessThan(start + width);
        },
      ),
    );
  });

  test('a UUID of version 4, another one each time', () => {
    const form = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
    const [first, second] = [evaluate('States.UUID()', 1), evaluate('States.UUID()', 2)];
    expect(first).toMatch(form);
    expect(second).not.toBe(first);
  });
});

describe('an intrinsic function fails', () => {
  test.each([
    ['States.ArrayPartition($.list, 0)', /above 0/],
    ['States.ArrayLength($.name)', /expected an array, not "pump"/],
    ['States.ArrayRange(0, 2000, 1)', /more than 1000/],
    ['States.ArrayRange(0, 1, 0)', /must not be 0/],
    ['States.ArrayGetItem($.list, 9)', /out of bounds for a list of 5/],
    ['States.ArrayGetItem($.list, -1)', /out of bounds/],
    ["States.Base64Decode('*')", /no Base64/],
    ["States.Hash('a', 'CRC')", /Unsupported algorithm CRC/],
    ["States.Hash('a')", /takes 2, and was given 1/],
    ['States.JsonMerge($.list, $.list, false)', /expected an object/],
    ['States.JsonMerge($nested, $nested, true)', /must be false/],
    ["States.StringToJson('{')", /no JSON/],
    ['States.MathAdd($.name, 1)', /expected a number/],
    ['States.MathRandom(3, 3)', /must be above the start/],
    ['States.MathRandom(3)', /takes 2 to 3/],
    ["States.Format('{} {}', 1)", /more {} than arguments/],
    ["States.Format('{}', 1, 2)", /has 1 {}, and there are 2 arguments/],
    ['States.Format($.list)', /must be a string/],
    ['States.Nothing()', /no function States.Nothing/],
  ])('%s', (text, message) => {
    expect(() => evaluate(text)).toThrow(message);
    expect(() => evaluate(text)).toThrow(IntrinsicFailure);
  });

  test('where a path in it leads nowhere', () => {
    expect(() => evaluate('States.Array($.missing)')).toThrow(PathNotFound);
  });
});

describe('a call that is none is told of with its place', () => {
  const nested = `${'States.Array('.repeat(11)}${')'.repeat(11)}`;
  test.each([
    ['States.', 0, /expected a function/],
    ['States.Array(1', 14, /expected , or \)/],
    ['States.Array(1,)', 15, /expected a path/],
    ['States.Array(x)', 13, /expected a path/],
    ['States.Array(1) 2', 16, /expected the end/],
    ["States.Array('a\\\"b')", 13, /expected a path/],
    ['States.Array($.a[)', 16, /expected , or \), not "\[\)"/],
    ['States.Array($.a!b)', 16, /is no part of a path/],
    [nested, 130, /at most 10 deep/],
    [`States.Array('${'a'.repeat(10_000)}')`, 0, /longer than 10000/],
  ])('%s', (text, offset, message) => {
    const parse = (): unknown => parseIntrinsicCall(text);
    expect(parse).toThrow(message);
    expect(parse).toThrow(expect.objectContaining({ offset, name: 'JsonPathError' }));
  });

  test('whatever the text, it is read or refused', () => {
    const part = fc.constantFrom(
      'States.',
      'Format',
      'Array',
      '(',
      ')',
      ',',
      ' ',
      "'",
      '\\',
      '$',
      '$.a',
      '[0]',
      '1',
      '{}',
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        try {
          expect(parseIntrinsicCall(parts.join('')).name).not.toBe('');
        } catch (error) {
          expect(error).toBeInstanceOf(JsonPathError);
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
