import { expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { undescribedFields, unshownFields, wrongExamples } from './fields-of-schema.ts';

const of = (field: JsonObject): JsonObject => ({
  properties: { field },
  $defs: { known: { examples: [1] } },
});

test.each<[string, JsonObject]>([
  ['a field', of({ type: 'string' })],
  ['a field of an element', of({ description: 'a', items: { properties: { inner: {} } } })],
  ['a field of a definition', { $defs: { step: { properties: { field: {} } } } }],
])('%s without description is found', (_, schema) => {
  expect(undescribedFields(schema)).toHaveLength(1);
});

test.each<[string, JsonObject]>([
  ['a text', { type: 'string' }],
  ['a number', { type: 'integer' }],
  ['a map of any keys', { type: 'object', additionalProperties: {} }],
  ['a list of texts', { type: 'array', items: { type: 'string' } }],
  ['a choice that holds a text', { anyOf: [{ const: 1 }, { type: 'string' }] }],
  ['anything', {}],
])('%s without examples is found', (_, field) => {
  expect(unshownFields(of(field))).toEqual(['.field']);
});

test.each<[string, JsonObject]>([
  ['examples', { type: 'string', examples: ['a'] }],
  ['examples of its definition', { $ref: '#/$defs/known' }],
  ['all its values', { enum: ['a', 'b'] }],
  ['true or false', { type: 'boolean' }],
  ['a list of objects', { items: { properties: {} } }],
  ['a choice of what is shown', { anyOf: [{ const: 1 }, { examples: ['1'] }] }],
])('a field that shows %s is none of them', (_, field) => {
  expect(unshownFields(of(field))).toEqual([]);
});

test('an example that its field does not take is found, with its place', () => {
  expect(wrongExamples(of({ type: 'string', examples: ['a', 1] }))).toEqual([{ path: '.field', example: 1 }]);
});
