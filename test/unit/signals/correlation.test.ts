import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { evaluate } from '#expression/evaluate.ts';
import { correlationOf, valueAt } from '#signals/correlation.ts';

const BINDINGS = { input: { door: 'd7', n: 3, doors: ['d7'], deep: { a: true } } };

test.each<[string, unknown]>([
  ['$event.door = $input.door', { path: ['door'], value: 'd7' }],
  ['$input.door = $event.door', { path: ['door'], value: 'd7' }],
  ['$event.a.b = "x"', { path: ['a', 'b'], value: 'x' }],
  ['($event.n > 1 and $event.n = $input.n)', { path: ['n'], value: 3 }],
  ['$event = 3', { path: [], value: 3 }],
  ['$event.ok = $input.deep.a', { path: ['ok'], value: true }],
  ['$event.ok = null', { path: ['ok'], value: null }],
  ['$event.door = $input.door or true', undefined],
  ['$not($event.door = $input.door)', undefined],
  ['$event.door = $uppercase($input.door)', undefined],
  ['$event.door = $input.doors', undefined],
  ['$event.door = $input.nothing', undefined],
  ['$event.doors[0] = "x"', undefined],
  ['$event.door = $event.other', undefined],
  ['$event.door != $input.door', undefined],
  ['($event := {"door": 1}; $event.door = 1)', undefined],
])('%s is correlated by %j', (where, expected) => {
  expect(correlationOf(where, BINDINGS)).toEqual(expected);
});

const scalarArbitrary = fc.constantFrom<Json>('d7', 'd8', '3', 3, 0, true, false, null);
const eventArbitrary = fc.letrec<{ event: Json }>((tie) => ({
  event: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalarArbitrary,
    fc.array(tie('event'), { maxLength: 2 }),
    fc.dictionary(fc.constantFrom('door', 'a', 'n'), tie('event'), { maxKeys: 3 }),
  ),
})).event;
const sideArbitrary = fc.constantFrom(
  '$event.door',
  '$event.a.n',
  '$event',
  '$input.door',
  '$input.a.n',
  '3',
  '"d7"',
  'true',
  'null',
);
const whereArbitrary = fc
  .array(fc.tuple(sideArbitrary, fc.constantFrom('=', '=', '!='), sideArbitrary), {
    minLength: 1,
    maxLength: 3,
  })
  .map((parts) => parts.map(([one, operator, other]) => `${one} ${operator} ${other}`).join(' and '));

test('an event that is meant is never passed over, whatever is in it', async () => {
  await fc.assert(
    fc.asyncProperty(whereArbitrary, eventArbitrary, eventArbitrary, async (where, event, input) => {
      const bindings: JsonObject = { input };
      const correlation = correlationOf(where, bindings);
      if (correlation === undefined || (await evaluate(where, { bindings: { ...bindings, event } })) !== true)
        return;
      const found = valueAt(event, correlation.path);
      expect(found.kind).not.toBe('nothing');
      if (found.kind === 'scalar') expect(found.value).toBe(correlation.value);
    }),
    { numRuns: 3_000 },
  );
});
