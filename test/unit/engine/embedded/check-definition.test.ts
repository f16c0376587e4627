import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { checkDefinition } from '#engine/embedded/check-definition.ts';
import { reasonText } from '#engine/embedded/definition-reason.ts';

const pass = { Type: 'Pass', End: true };
const machine = (states: Record<string, Json>, more: JsonObject = {}): JsonObject => ({
  StartAt: Object.keys(states)[0] ?? 'a',
  States: states,
  ...more,
});
const jsonata = { QueryLanguage: 'JSONata' };
const choice = (rule: JsonObject): JsonObject =>
  machine({ a: { Type: 'Choice', Choices: [{ Next: 'b', ...rule }] }, b: pass });

function reasons(definition: JsonObject): readonly string[] {
  const checked = checkDefinition(definition);
  return 'reasons' in checked ? checked.reasons.map(reasonText) : [];
}

describe('a definition is refused with each reason and its place', () => {
  test.each<[JsonObject, readonly string[]]>([
    [{ StartAt: 'a' }, ['SCHEMA_VALIDATION_FAILED: These fields are required: [States] at /']],
    [{}, ['SCHEMA_VALIDATION_FAILED: These fields are required: [StartAt, States] at /']],
    [
      machine({ a: { Type: 'Nope' } }),
      [
        "SCHEMA_VALIDATION_FAILED: The field 'Type' should have one of these values: [Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map] at /States/a/Type",
      ],
    ],
    [
      machine({ a: { Type: 'Parallel', Branches: [], End: true } }),
      ['SCHEMA_VALIDATION_FAILED: Value cannot be empty at /States/a/Branches'],
    ],
    [
      machine({ a: { ...pass, Colour: 'red' } }),
      ['SCHEMA_VALIDATION_FAILED: Field is not supported at /States/a/Colour'],
    ],
    [
      machine({ a: { Type: 'Pass', Next: 'z' } }, { StartAt: 'y' }),
      [
        "MISSING_TRANSITION_TARGET: Missing 'StartAt' target: y at /StartAt",
        "MISSING_TRANSITION_TARGET: Missing 'Next' target: z at /States/a/Next",
      ],
    ],
    [
      machine({ a: { Type: 'Parallel', End: true, Branches: [machine({ b: pass }), machine({ b: pass })] } }),
      ['DUPLICATE_STATE_NAME: Duplicate State name: b at /States/a/Branches[1]/States/b'],
    ],
    [
      machine({ a: { Type: 'Pass' } }),
      ["SCHEMA_VALIDATION_FAILED: A state has either 'Next', or 'End': true at /States/a"],
    ],
    [
      machine({ a: { Type: 'Map', End: true } }),
      ['SCHEMA_VALIDATION_FAILED: These fields are required: [ItemProcessor] at /States/a'],
    ],
    [
      machine({ a: { Type: 'Wait', End: true } }),
      [
        'SCHEMA_VALIDATION_FAILED: Exactly one of these fields is required: [Seconds, SecondsPath, Timestamp, TimestampPath] at /States/a',
      ],
    ],
    ...[
      '2016-12-05 21:29:29Z',
      '2016-13-05T21:29:29Z',
      '2016-02-30T21:29:29Z',
      "{% '2016-03-14T01:59:00Z' %}",
    ].map((Timestamp): [JsonObject, readonly string[]] => [
      machine({ a: { Type: 'Wait', Timestamp, End: true } }),
      ['SCHEMA_VALIDATION_FAILED: String does not match RFC3339 timestamp at /States/a/Timestamp'],
    ]),
    [
      machine({
        a: {
          ...{ Type: 'Task', Resource: 'arn:aws:states:::lambda:invoke', End: true },
          Retry: [{ ErrorEquals: ['States.ALL'] }, { ErrorEquals: ['States.ALL', 'X'] }],
        },
      }),
      [
        'SCHEMA_VALIDATION_FAILED: States.ALL must appear in the last entry at /States/a/Retry[0]/ErrorEquals',
        'SCHEMA_VALIDATION_FAILED: States.ALL must appear alone at /States/a/Retry[1]/ErrorEquals',
      ],
    ],
  ])('%j', (definition, expected) => {
    expect(reasons(definition)).toEqual(expected);
  });
});

describe('each query language has its own fields', () => {
  test.each<[JsonObject, readonly string[]]>([
    [
      machine({ a: { ...pass, Parameters: {}, ResultPath: '$' } }, jsonata),
      [
        'SCHEMA_VALIDATION_FAILED: Field is not supported in JSONata at /States/a/ResultPath',
        'SCHEMA_VALIDATION_FAILED: Field is not supported in JSONata at /States/a/Parameters',
      ],
    ],
    [
      machine({ a: { ...pass, Output: 1 } }),
      ['SCHEMA_VALIDATION_FAILED: Field is not supported in JSONPath at /States/a/Output'],
    ],
    [
      machine({ a: { ...pass, QueryLanguage: 'JSONPath' } }, jsonata),
      [
        "SCHEMA_VALIDATION_FAILED: 'QueryLanguage' can not be 'JSONPath' if set to 'JSONata' for whole state machine at /States/a/QueryLanguage",
      ],
    ],
    [machine({ a: { ...pass, QueryLanguage: 'JSONata', Output: 1 } }), []],
    [
      machine(
        { a: { Type: 'Choice', Choices: [{ Variable: '$.a', IsNull: true, Next: 'b' }] }, b: pass },
        jsonata,
      ),
      ['SCHEMA_VALIDATION_FAILED: Field is not supported in JSONata at /States/a/Choices[0]/Variable'],
    ],
    [
      machine({ a: { Type: 'Choice', Choices: [{ Condition: true, Next: 'b' }] }, b: pass }),
      ['SCHEMA_VALIDATION_FAILED: Field is not supported in JSONPath at /States/a/Choices[0]/Condition'],
    ],
    [
      machine({ a: { ...pass, InputPath: 'x', ResultPath: '$.a[*]', OutputPath: '$.a[?(b())]' } }),
      [
        "SCHEMA_VALIDATION_FAILED: The value for the field 'InputPath' must be a valid JSONPath at /States/a/InputPath",
        "SCHEMA_VALIDATION_FAILED: The value for the field 'OutputPath' must be a valid JSONPath at /States/a/OutputPath",
        'SCHEMA_VALIDATION_FAILED: Value is not a Reference Path at /States/a/ResultPath',
      ],
    ],
    [
      machine({
        a: { ...pass, Parameters: { list: [{ 'x.$': 'States.Nope()' }], 'y.$': 7, 'z.$': '$.ok' } },
      }),
      ['x.$', 'y.$'].map(
        (field) =>
          `SCHEMA_VALIDATION_FAILED: The value for the field '${field}' must be a valid JSONPath or a valid intrinsic function call at /States/a/Parameters`,
      ),
    ],
    [machine({ a: { ...pass, Result: { 'x.$': 'anything' } } }), []],
    [machine({ a: { Type: 'Fail', ErrorPath: "States.Format('{}', $.e)", CausePath: '$.c' } }), []],
  ])('%j', (definition, expected) => {
    expect(reasons(definition)).toEqual(expected);
  });
});

describe('a rule of a Choice state is one condition', () => {
  test.each<[JsonObject, string]>([
    [{ Variable: '$.a' }, "'Variable' takes one comparison, not 0 at /States/a/Choices[0]"],
    [
      { Variable: '$.a', IsNull: true, IsString: true },
      "'Variable' takes one comparison, not 2 at /States/a/Choices[0]",
    ],
    [{ Variable: '$.a', IsNull: 'yes' }, "'IsNull' is true or false at /States/a/Choices[0]/IsNull"],
    [
      { Variable: '$.a', NumericEquals: '1' },
      "'NumericEquals' is a number at /States/a/Choices[0]/NumericEquals",
    ],
    [
      { Variable: '$.a', NumericEqualsPath: 1 },
      "'NumericEqualsPath' is a path at /States/a/Choices[0]/NumericEqualsPath",
    ],
    [
      { Variable: '$.a', StringMatchesPath: '$' },
      "Field 'StringMatchesPath' is not supported at /States/a/Choices[0]/StringMatchesPath",
    ],
    [{ Variable: 1, IsNull: true }, "'Variable' is a path at /States/a/Choices[0]/Variable"],
    [{ And: [] }, "'And' takes a list of conditions at /States/a/Choices[0]"],
    [{ Not: [] }, 'a condition is an object at /States/a/Choices[0]/Not'],
    [
      { Or: [{ Variable: '$.a', Next: 'b' }] },
      'Next and Assign belong to the whole rule, not to a condition in it at /States/a/Choices[0]/Or[0]',
    ],
    [
      {},
      "a rule has 'Condition', 'And', 'Or', 'Not', or 'Variable' and one comparison at /States/a/Choices[0]",
    ],
    [
      { Condition: true, Variable: '$' },
      "Field 'Variable' is not supported beside 'Condition' at /States/a/Choices[0]",
    ],
  ])('%j', (rule, expected) => {
    expect(reasons(choice(rule))).toEqual([`SCHEMA_VALIDATION_FAILED: ${expected}`]);
  });

  test('one that is nested without end is refused, and does not exhaust the stack', () => {
    let rule: JsonObject = { Variable: '$.a', IsNull: true };
    for (let depth = 0; depth < 5_000; depth++) rule = { Not: rule };
    expect(reasons(choice(rule))).toEqual([expect.stringContaining('nested more than')]);
  });
});

test('each state of a checked machine has its query language', () => {
  const inner = machine({ b: { ...pass, QueryLanguage: 'JSONata' }, c: pass }, { StartAt: 'c' });
  const checked = checkDefinition(machine({ a: { Type: 'Map', End: true, Iterator: inner } }));
  expect(checked).toMatchObject({
    machine: {
      QueryLanguage: 'JSONPath',
      States: {
        a: {
          QueryLanguage: 'JSONPath',
          Iterator: { States: { b: { QueryLanguage: 'JSONata' }, c: { QueryLanguage: 'JSONPath' } } },
        },
      },
    },
  });
});
