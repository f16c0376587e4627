import { expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { diffInput } from '#definition/diff/diff-input.ts';

const SITE = { type: 'object', properties: { site: { type: 'string' } } };

/** A schema of an object with one field. */
function field(schema: JsonObject | boolean): JsonObject {
  return { properties: { site: schema } };
}

function lines(before: JsonObject | undefined, after: JsonObject | undefined): readonly string[] {
  return diffInput(before, after).map(({ impact, of, text }) => `${impact} ${of}: ${text}`);
}

test.each<[fact: string, before: JsonObject | undefined, after: JsonObject | undefined, expected: string[]]>([
  ['nothing, of the same schema', SITE, { properties: { site: { type: 'string' } }, type: 'object' }, []],
  ['nothing, of no schema', undefined, undefined, []],
  ['a schema where there was none', undefined, { type: 'object' }, ['breaking : type: none → object']],
  ['a schema that is gone', { type: 'object' }, undefined, ['compatible : type: object → none']],
  [
    'an optional field more',
    {},
    SITE,
    ['breaking : type: none → object', 'compatible site: added, optional'],
  ],
  ['a required field more', {}, { ...field({}), required: ['site'] }, ['breaking site: added, required']],
  [
    'a required field more that has a default',
    {},
    { ...field({ default: 'berlin' }), required: ['site'] },
    ['compatible site: added, optional'],
  ],
  ['a field that becomes required', SITE, { ...SITE, required: ['site'] }, ['breaking site: required now']],
  [
    'a field that need not be',
    { ...SITE, required: ['site'] },
    SITE,
    ['compatible site: no longer required'],
  ],
  ['a field that is gone', SITE, { type: 'object' }, ['compatible site: removed']],
  [
    'a field that is gone where no others are taken',
    { ...SITE, additionalProperties: false },
    { type: 'object', additionalProperties: false },
    ['breaking site: removed'],
  ],
  [
    'other fields that are refused',
    SITE,
    { ...SITE, additionalProperties: false },
    ['breaking : additionalProperties: none → false'],
  ],
  [
    'other fields that are taken',
    { ...SITE, additionalProperties: false },
    SITE,
    ['compatible : additionalProperties: false → none'],
  ],
  [
    'other fields that are checked',
    SITE,
    { ...SITE, additionalProperties: { type: 'string' } },
    ['unsure : additionalProperties: none → {"type":"string"}'],
  ],
  [
    'another type',
    field({ type: 'string' }),
    field({ type: 'number' }),
    ['breaking site: type: string → number'],
  ],
  [
    'a wider type',
    field({ type: 'integer' }),
    field({ type: ['number', 'null'] }),
    ['compatible site: type: integer → ["number","null"]'],
  ],
  [
    'a narrower type',
    field({ type: 'number' }),
    field({ type: 'integer' }),
    ['breaking site: type: number → integer'],
  ],
  [
    'one of the values less',
    field({ enum: ['a', 'b'] }),
    field({ enum: ['b', 'c'] }),
    ['breaking site: enum: ["a","b"] → ["b","c"]'],
  ],
  [
    'one of the values more',
    field({ enum: ['a'] }),
    field({ enum: ['a', 'b'] }),
    ['compatible site: enum: ["a"] → ["a","b"]'],
  ],
  ['certain values only', field({}), field({ enum: [1] }), ['breaking site: enum: none → [1]']],
  ['any value', field({ enum: [1] }), field({}), ['compatible site: enum: [1] → none']],
  ['another constant', field({ const: 1 }), field({ const: 2 }), ['breaking site: enum: [1] → [2]']],
  [
    'values of which none is the constant',
    field({ const: 1, enum: [1, 2] }),
    field({ const: 1, enum: [2] }),
    ['breaking site: enum: [1] → []'],
  ],
  ['a constant that is gone', field({ const: 1 }), field({}), ['compatible site: enum: [1] → none']],
  [
    'a constant that becomes one of several',
    field({ const: 1 }),
    field({ enum: [1, 2] }),
    ['compatible site: enum: [1] → [1,2]'],
  ],
  [
    'the type that values have anyway',
    field({ enum: ['a', null] }),
    field({ enum: ['a', null], type: ['string', 'null'] }),
    [],
  ],
  [
    'a type that some values have not',
    field({ enum: ['a', 1, [2], 1.5] }),
    field({ enum: ['a', 1, [2], 1.5], type: 'string' }),
    ['breaking site: type: ["array","integer","number","string"] → string'],
  ],
  ['a field that takes nothing', field(true), field(false), ['unsure site: not: none → {}']],
  ['a field that is demanded and not described', {}, { required: ['site'] }, ['breaking site: required now']],
  [
    'a demanded field that is described now',
    { required: ['site'] },
    { properties: { site: {} }, required: ['site'] },
    ['compatible site: added, required'],
  ],
  [
    'a field that is demanded and not described any more',
    { properties: { site: {} } },
    { required: ['site'] },
    ['compatible site: removed', 'breaking site: required now'],
  ],
  ['a default', field({}), field({ default: 1 }), ['compatible site: default: none → 1']],
  ['another default', field({ default: 1 }), field({ default: 2 }), ['unsure site: default: 1 → 2']],
  [
    'a default that is gone, of a field that is required',
    { ...field({ default: 1 }), required: ['site'] },
    { ...field({}), required: ['site'] },
    ['breaking site: required now', 'unsure site: default: 1 → none'],
  ],
  ['a higher least value', field({ minimum: 1 }), field({ minimum: 2 }), ['breaking site: minimum: 1 → 2']],
  ['a lower least value', field({ minimum: 2 }), field({ minimum: 1 }), ['compatible site: minimum: 2 → 1']],
  ['a least value', field({}), field({ minimum: 0 }), ['breaking site: minimum: none → 0']],
  ['a least value that is gone', field({ minimum: 0 }), field({}), ['compatible site: minimum: 0 → none']],
  ['fewer letters', field({ maxLength: 9 }), field({ maxLength: 8 }), ['breaking site: maxLength: 9 → 8']],
  ['more letters', field({ maxLength: 8 }), field({ maxLength: 9 }), ['compatible site: maxLength: 8 → 9']],
  ['a most', field({}), field({ maxItems: 9 }), ['breaking site: maxItems: none → 9']],
  [
    'a finer multiple',
    field({ multipleOf: 4 }),
    field({ multipleOf: 2 }),
    ['compatible site: multipleOf: 4 → 2'],
  ],
  [
    'a coarser multiple',
    field({ multipleOf: 2 }),
    field({ multipleOf: 4 }),
    ['breaking site: multipleOf: 2 → 4'],
  ],
  ['any number', field({ multipleOf: 2 }), field({}), ['compatible site: multipleOf: 2 → none']],
  ['another pattern', field({ pattern: 'a' }), field({ pattern: 'b' }), ['unsure site: pattern: a → b']],
  ['a pattern', field({}), field({ format: 'date' }), ['breaking site: format: none → date']],
  ['a pattern that is gone', field({ pattern: 'a' }), field({}), ['compatible site: pattern: a → none']],
  ['items that differ', field({}), field({ uniqueItems: true }), ['breaking site: uniqueItems: none → true']],
  [
    'items that need not differ',
    field({ uniqueItems: true }),
    field({}),
    ['compatible site: uniqueItems: true → none'],
  ],
  [
    'a keyword that is not understood',
    field({}),
    field({ not: { const: 1 } }),
    ['unsure site: not: none → {"const":1}'],
  ],
  ['what is told of a field', field({ title: 'Site' }), field({ description: 'Where.' }), []],
  ['a field that is any', field(true), field({}), []],
  [
    'a field of the items of a list',
    { properties: { sites: { items: { properties: { name: {} }, required: [] } } } },
    { properties: { sites: { items: { properties: { name: {} }, required: ['name'] } } } },
    ['breaking sites[].name: required now'],
  ],
  [
    'a field behind a reference',
    { $defs: { site: { maxLength: 9 } }, properties: { site: { $ref: '#/$defs/site' } } },
    { properties: { site: { maxLength: 5 } } },
    ['breaking site: maxLength: 9 → 5'],
  ],
])('it tells of %s', (_fact, before, after, expected) => {
  expect(lines(before, after)).toEqual(expected);
});

test('a schema inside itself is compared once', () => {
  const tree = (maxLength: number): JsonObject => ({
    properties: { name: { maxLength }, left: { $ref: '#' }, right: { $ref: '#' } },
  });
  expect(diffInput(tree(9), tree(5)).map(({ of }) => of)).toEqual(['name']);
});

test('a schema of very many places is compared as far as is reasonable', () => {
  const level = (to: string): JsonObject => ({ properties: { a: { $ref: to }, b: { $ref: to } } });
  const levels = Array.from({ length: 30 }, (_, at) => [`l${at}`, level(`#/$defs/l${at + 1}`)]);
  const schema = (maxLength: number): JsonObject => ({
    ...level('#/$defs/l0'),
    $defs: { ...Object.fromEntries(levels), l30: { maxLength } },
  });
  expect(diffInput(schema(9), schema(5)).length).toBeGreaterThan(100);
});

test('it says why callers are refused', () => {
  const [change] = diffInput(field({ type: ['string', 'null'] }), field({ type: 'string' }));
  expect(change?.why).toBe('callers that give null are refused');
});
