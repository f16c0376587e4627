import { expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { valueDifferences } from './placeholders.ts';

test.each<[string, Json, Json]>([
  ['equal documents', { a: [1, { b: null }] }, { a: [1, { b: null }] }],
  ['keys in another order', { a: 1, b: 2 }, { b: 2, a: 1 }],
  ['a time, as text or number', ['timestamp', 'date'], ['2026-01-01T00:00:00Z', 12]],
  ['a placeholder that is the whole value', '<uuid:1>', 'f0e1'],
  ['placeholders inside a text', 'id <uuid:1> of <name:2>.', 'id f0e1 of x.'],
  [
    'parts of an ARN',
    'arn:<partition>:states:<region>:111111111111:x',
    'arn:aws:states:local:000000000000:x',
  ],
  ['a time inside JSON text', '{"StartDate":"date"}', '{"StartDate":"2026"}'],
  ['JSON text with placeholders, written otherwise', '{"id": "<uuid:1>", "a": [1]}', '{"a":[1],"id":"f0e1"}'],
  ['text that merely looks like one', 'a < b > c', 'a < b > c'],
])('recorded and equal: %s', (_, expected, actual) => {
  expect([...valueDifferences(expected, actual)]).toEqual([]);
});

test.each<[string, Json, Json, readonly string[]]>([
  ['a number and its text', { a: 1 }, { a: '1' }, ['$.a']],
  ['a key that is missing', { a: 1, b: 2 }, { a: 1 }, ['$.b']],
  ['a key too many', {}, { __proto__x: 1 }, ['$.__proto__x']],
  ['an entry too many', [1], [1, 2], ['$[1]']],
  ['another kind of value', { a: [] }, { a: {} }, ['$.a']],
  ['text around a placeholder', 'id <uuid:1> of y', 'id f0e1 of x', ['$']],
  ['JSON text without placeholders, written otherwise', '{"a": 1}', '{"a":1}', ['$']],
  [
    'JSON text with placeholders that says something else',
    '{"id": "<uuid:1>", "a": 1}',
    '{"a":2,"id":"f0e1"}',
    ['$'],
  ],
  ['parts that overlap', 'ab<x>bc', 'abc', ['$']],
  ['parts in another order', '<a>x<b>y<c>', 'y x', ['$']],
  ['a placeholder for nothing', { a: 'timestamp' }, {}, ['$.a']],
  ['each of several', { a: 1, b: [1, 2] }, { a: 2, b: [1, 3] }, ['$.a', '$.b[1]']],
])('recorded and different: %s', (_, expected, actual, paths) => {
  expect([...valueDifferences(expected, actual)].map(({ path }) => path)).toEqual(paths);
});
