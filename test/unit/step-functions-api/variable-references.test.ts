import { expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { variableReferences } from '#step-functions-api/machines/variable-references.ts';

/** A machine whose state `set` assigns these, and whose others are given. */
function machine(
  names: readonly string[],
  states: Record<string, JsonObject>,
  more: JsonObject = {},
): JsonObject {
  const Assign = Object.fromEntries(names.map((name) => [name, 1]));
  return { StartAt: 'set', States: { set: { Type: 'Pass', Assign, Next: 'a' }, ...states }, ...more };
}

const inner = (state: JsonObject): JsonObject => ({ StartAt: 'in', States: { in: state } });
const JSONATA = { QueryLanguage: 'JSONata' };

test.each<[string, JsonObject, Record<string, string[]> | undefined]>([
  ['nothing that is read', machine(['x'], { a: { Type: 'Pass', Parameters: { n: '$x' } } }), undefined],
  ['no variables', machine([], { a: { Type: 'Pass', InputPath: '$x' } }), undefined],
  ['parameters', machine(['x'], { a: { Type: 'Pass', Parameters: { 'n.$': '$x' } } }), { a: ['x'] }],
  [
    'a path of the input, of the context and of a variable',
    machine(['x', 'y'], { a: { Type: 'Pass', Parameters: { 'n.$': '$.x', 'm.$': '$$.x', 'o.$': '$y.x' } } }),
    { a: ['y'] },
  ],
  [
    'the rules of a choice, in order',
    machine(['guess', 'answer'], {
      a: {
        Type: 'Choice',
        Choices: [{ And: [{ Variable: '$guess', StringEqualsPath: '$answer' }], Next: 'b' }],
      },
    }),
    { a: ['answer', 'guess'] },
  ],
  [
    'waits and failures',
    machine(['t', 'e', 'c'], {
      a: { Type: 'Wait', SecondsPath: '$t' },
      b: { Type: 'Fail', ErrorPath: '$e', CausePath: '$c' },
    }),
    { a: ['t'], b: ['c', 'e'] },
  ],
  [
    'intrinsic functions, but not their texts',
    machine(['p', 'q'], { a: { Type: 'Pass', Assign: { 'z.$': "States.Format('$q {}', $p)" } } }),
    { a: ['p'] },
  ],
  [
    'an iteration, by its own name',
    machine(['bias'], {
      a: {
        Type: 'Map',
        ItemsPath: '$.items',
        ItemProcessor: inner({ Type: 'Pass', Parameters: { 'n.$': '$bias' } }),
      },
    }),
    { in: ['bias'] },
  ],
  [
    'expressions',
    machine(
      ['x', 'f'],
      { a: { Type: 'Pass', Output: '{% $count($states.input) + $x %}', Assign: { y: '{% $f %}' } } },
      JSONATA,
    ),
    { a: ['f', 'x'] },
  ],
  [
    'expressions of a catcher',
    machine(
      ['x'],
      {
        a: {
          Type: 'Task',
          Resource: 'r',
          Catch: [{ ErrorEquals: ['States.ALL'], Output: '{% $x %}', Next: 'set' }],
        },
      },
      JSONATA,
    ),
    { a: ['x'] },
  ],
  [
    'a state in the other language',
    machine(['x'], { a: { Type: 'Pass', QueryLanguage: 'JSONata', Output: '{% $x %}' } }),
    { a: ['x'] },
  ],
])('of %s, the variables are told that are read', (_title, definition, expected) => {
  expect(variableReferences(definition)).toEqual(expected);
});
