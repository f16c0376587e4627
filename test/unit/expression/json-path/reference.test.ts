import { describe, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { seededRandom } from '#core/random.ts';
import { parsePath } from '#expression/json-path/parse-path.ts';
import { fillPayload } from '#expression/json-path/payload-template.ts';
import { PathNotFound, placeAt, resolveReference } from '#expression/json-path/reference.ts';

const SCOPE = {
  input: { site: { name: 'berlin', pumps: [{ id: 'a' }, { id: 'b' }] }, none: null },
  context: { Execution: { Name: 'run-1' } },
  variables: { total: 3, list: [1, 2] },
  random: seededRandom(1),
};

describe('a path begins at the input, the context object or a variable', () => {
  test.each<[string, Json]>([
    ['$.site.name', 'berlin'],
    ['$.site.pumps[*].id', ['a', 'b']],
    ['$.site.pumps[-1].id', 'b'],
    ['$.missing[*]', []],
    ['$.none', null],
    ['$$.Execution.Name', 'run-1'],
    ['$total', 3],
    ['$list[1]', 2],
    ['$list.length()', 2],
  ])('%s is %j', (path, value) => {
    expect(resolveReference(path, SCOPE)).toEqual(value);
  });

  test.each([
    ['$.nothing', "No results for path: $['nothing']"],
    ['$.no.such', "Missing property in path $['no']"],
    ['$.site.pumps[7].id', "Missing property in path $['site']['pumps'][7]"],
    ['$.site.name.x', "No results for path: $['site']['name']['x']"],
    ['$other', 'No results for path: $other'],
    ['$.constructor', "No results for path: $['constructor']"],
  ])('%s leads nowhere', (path, reason) => {
    expect(() => resolveReference(path, SCOPE)).toThrow(PathNotFound);
    expect(() => resolveReference(path, SCOPE)).toThrow(reason);
  });
});

describe('a payload template', () => {
  test('fills the fields whose names end in .$, at any depth, and tells which it fills', () => {
    const template = { 'a.$': '$.site.name', b: [{ 'c.$': 'States.MathAdd($total, 1)' }, '$.d'], 'e.$': 5 };
    const fields: string[] = [];
    expect(fillPayload(template, SCOPE, (field) => fields.push(field))).toEqual({
      a: 'berlin',
      b: [{ c: 4 }, '$.d'],
      'e.$': 5,
    });
    expect(fields).toEqual(['a.$', 'c.$']);
  });
});

describe('a Reference Path puts a value', () => {
  test.each<[string, Json, Json | undefined]>([
    ['$', { a: 1 }, 'new'],
    ['$.b', { a: 1 }, { a: 1, b: 'new' }],
    ['$.a', { a: 1 }, { a: 'new' }],
    ['$.b.c', { a: 1 }, { a: 1, b: { c: 'new' } }],
    ['$.a[1]', { a: [1, 2] }, { a: [1, 'new'] }],
    ['$.a[2]', { a: [1, 2] }, undefined],
    ['$.a.b', { a: 1 }, undefined],
    ['$.a', [1], undefined],
    ["$['__proto__']", { a: 1 }, JSON.parse('{"a":1,"__proto__":"new"}')],
  ])('at %s of %j', (path, root, placed) => {
    expect(placeAt(parsePath(path), root, 'new')).toEqual(placed);
  });
});
