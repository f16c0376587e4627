import { expect, test } from 'vitest';
import { isJsonObject } from '#core/json.ts';
import { compileText } from '#support/compile-text.ts';

test('names of states inside a raw state are kept apart, and what only looks like one stays', () => {
  const { definition } = compileText(`
steps:
  - id: raw
    asl:
      Type: Parallel
      Branches:
        - StartAt: a
          States:
            a: { Type: Pass, Output: { Next: b, States: { a: { Next: b } }, Choices: [{ Next: b }] }, Next: b }
            b: { Type: Choice, Choices: [{ Condition: "{% true %}", Next: c }], Default: a }
            c:
              Type: Map
              ItemProcessor: { StartAt: d, States: { d: { Type: Task, Arguments: { StartAt: d }, Catch: [{ Next: e }], Next: e }, e: { Type: Succeed } } }
              End: true
`);
  const states = isJsonObject(definition['States']) ? definition['States'] : {};
  expect(states['raw']).toMatchObject({
    Branches: [
      {
        StartAt: 'raw a',
        States: {
          'raw a': {
            Output: { Next: 'b', States: { a: { Next: 'b' } }, Choices: [{ Next: 'b' }] },
            Next: 'raw b',
          },
          'raw b': { Choices: [{ Next: 'raw c' }], Default: 'raw a' },
          'raw c': {
            ItemProcessor: {
              StartAt: 'raw d',
              States: {
                'raw d': { Arguments: { StartAt: 'd' }, Catch: [{ Next: 'raw e' }], Next: 'raw e' },
                'raw e': {},
              },
            },
            End: true,
          },
        },
      },
    ],
  });
});
