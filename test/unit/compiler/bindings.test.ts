import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bind } from '#compiler/bindings.ts';
import type { Json } from '#core/json.ts';
import { evaluate } from '#expression/evaluate.ts';

const MEANING = '$states.context.Execution.Input';
const resolve = (name: string): string | undefined =>
  ({ input: MEANING, set: '{}', item: '$states.input.item.`a b`' })[name];

test.each([
  ['$input', MEANING],
  ['$input.site.name', `${MEANING}.site.name`],
  [' $input.site ', `${MEANING}.site`],
  ['$other.site', '$other.site'],
  ['$input.site & "!"', `( $input := ${MEANING}; $input.site & "!" )`],
  ['$input[0]', `( $input := ${MEANING}; $input[0] )`],
  ['$set.a', '( $set := {}; $set.a )'],
  ['$item.a', '( $item := $states.input.item.`a b`; $item.a )'],
])('%s is bound as %s', (text, bound) => {
  expect(bind(text, resolve)).toBe(bound);
});

test('a plain path gives the same as with its name bound, whatever lists are on its way', async () => {
  const { value } = fc.letrec<{ value: Json }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, 1, 'text'),
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom('a', 'b'), tie('value'), { maxKeys: 2 }),
    ),
  }));
  const path = fc.constantFrom('$input', '$input.a', '$input.a.b', '$input.a.a.b', '$input.b.a.b.a');
  await fc.assert(
    fc.asyncProperty(value, path, async (Input, text) => {
      const bindings = { states: { context: { Execution: { Input } } } };
      const bound = await evaluate(`( $input := ${MEANING}; ${text} )`, { bindings });
      expect(await evaluate(bind(text, resolve), { bindings })).toEqual(bound);
    }),
    { numRuns: 2_000 },
  );
});
