import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { evaluateJsonPath } from '#expression/json-path/evaluate-path.ts';
import { JsonPathError } from '#expression/json-path/path-error.ts';

const PLANT: Json = {
  name: 'berlin',
  'odd name': 1,
  sites: [
    { id: 'a', pumps: [{ speed: 1 }, { speed: 2 }], zone: null },
    { id: 'b', pumps: [], zone: { speed: 9 } },
  ],
};

describe('a path gives the values that are there', () => {
  test.each<[string, readonly Json[]]>([
    ['$', [PLANT]],
    ['$.name', ['berlin']],
    ["$['odd name']", [1]],
    ["$['name','odd name']", ['berlin', 1]],
    ['$.sites[0].id', ['a']],
    ['$.sites[-1].id', ['b']],
    ['$.sites[*].id', ['a', 'b']],
    ['$.sites[0,1].id', ['a', 'b']],
    ['$.sites[0:1].id', ['a']],
    ['$.sites[-1:].id', ['b']],
    ['$.sites[::2].id', ['a']],
    ['$.sites.*.id', ['a', 'b']],
    ['$.sites[0].zone', [null]],
    ['$..speed', [1, 2, 9]],
    ['$.sites..[0].speed', [1]],
    ["$.sites[?(@.id == 'b')].zone.speed", [9]],
    ["$.sites[*].pumps[?(@.speed > 1 && @.speed <= 2 || @.speed == 'a||b')].speed", [2]],
    ['$.sites[?(!@.zone.speed)].id', ['a']],
    ['$.sites[?(@.zone != null)].id', ['b']],
    ['$.sites[?(@.pumps[1])].id', ['a']],
    ['$.sites.length()', [2]],
    ['$.name.length()', []],
    ['$["odd name"]', [1]],
    ['$.missing.deeper', []],
    ['$.name.length', []],
    ['$.sites.length', []],
  ])('%s gives %j', (path, values) => {
    expect(evaluateJsonPath(path, PLANT)).toEqual(values);
  });
});

const CODE = 'globalThis.wasRun = true';

/**
 * As published for jsonpath-plus: CVE-2024-21534 (before 10.0.7: the vm of Node), CVE-2025-1302 (before 10.3.0: its own
 * evaluation), and the like.
 */
const EXPLOITS = [
  `$[?(con = constructor, dat = '', pro = con.getOwnPropertyDescriptor(proto, 'constructor'), pro('${CODE}')())]`,
  `$..[?(p="${CODE}";a=''[['constructor']][['constructor']](p);a())]`,
  `$..[?(p="${CODE}";a=''[['const','ructor'].join('')][['const','ructor'].join('')](p);a())]`,
  `$[?(var _$_root=[].constructor.constructor('${CODE}');_$_root())]`,
  `$..[?(({__proto__:[].constructor}).constructor("${CODE}")())]`,
  `$[?((function f(){}).__proto__.constructor('${CODE}')())]`,
  `$[(this.constructor.constructor("${CODE}")())]`,
  `$..[(${CODE})]`,
  `$[?(@.constructor.constructor('${CODE}')())]`,
  `$[?(@root.constructor.constructor('${CODE}')())]`,
  `$[?(@property.constructor.constructor('${CODE}')())]`,
  `$.sites[?(@.id == constructor)]`,
  `$.sites[?(@.id == 'a'.constructor)]`,
  `$.sites[ ?(${CODE})]`,
  `$.sites[\n?(${CODE})]`,
  '$.sites[(@.length-1)]',
  '$.sites[0]^',
  '$.sites~',
  '$..`*',
  '$.sites@number()',
  "$..['a`b']",
  "$..['@number()']",
];

describe('a path runs no code', () => {
  afterEach(() => {
    expect(Object.hasOwn(globalThis, 'wasRun')).toBe(false);
  });

  test.each(EXPLOITS)('%s is refused', (path) => {
    expect(() => evaluateJsonPath(path, PLANT)).toThrow(JsonPathError);
  });

  test.each([
    '$.__proto__',
    '$.constructor',
    '$..__proto__',
    "$['__proto__']",
    "$['a`b']",
    "$['@number()']",
    '$.sites.constructor',
    '$.toString',
  ])('%s gives nothing of what JavaScript knows', (path) => {
    expect(evaluateJsonPath(path, PLANT)).toEqual([]);
  });
});

describe('a path that is none is told of with its place', () => {
  test.each([
    ['name', /begins with \$/, 0],
    ['', /begins with \$/, 0],
    ['$name', /"name" is no part/, 1],
    ['$.sites[', /"\[" is no part/, 7],
    ['$.sites[x]', /"\[x\]" is no part/, 7],
    ['$.a..b..c..d', /at most 2/, 9],
    [`$.${'a'.repeat(1_024)}`, /longer than 1024/, 0],
    ['$.a[?(b)]', /compares fields with constants/, 6],
    ['$.a[(@.b)]', /are not evaluated/, 3],
  ])('%s', (path, message, offset) => {
    const evaluate = () => evaluateJsonPath(path, PLANT);
    expect(evaluate).toThrow(message);
    expect(evaluate).toThrow(expect.objectContaining({ offset }));
  });
});

test('a path that gives too much is stopped', () => {
  const wide: Json = Array.from({ length: 400 }, () => Array.from({ length: 400 }, () => 1));
  expect(() => evaluateJsonPath('$..*', wide)).toThrow(/more than 100000 values/);
});

test('whatever the path, it gives parts of the value, or is refused', () => {
  const path = fc
    .array(
      fc.constantFrom('.a', '..a', '.*', '..*', '[0]', '[*]', '[1:]', "['b']", '[?(1)]', '.constructor', '['),
      {
        maxLength: 6,
      },
    )
    .map((parts) => `$${parts.join('')}`);
  fc.assert(
    fc.property(path, fc.jsonValue({ maxDepth: 4 }), (text, value) => {
      const json: Json = JSON.parse(JSON.stringify(value));
      try {
        const whole = JSON.stringify(json);
        for (const found of evaluateJsonPath(text, json)) expect(whole).toContain(JSON.stringify(found));
      } catch (error) {
        expect(error).toBeInstanceOf(JsonPathError);
      }
    }),
    { numRuns: 500 },
  );
});
