import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { EngineRun } from '#support/engine-run.ts';

const FAULT = (state: string, event: number): string =>
  `An error occurred while executing the state '${state}' (entered at the event id #${event}). `;

async function run(states: Record<string, JsonObject>, input: Json = {}) {
  using engine = new EngineRun({ WorkFunctionArn: async (payload) => payload });
  const [StartAt = ''] = Object.keys(states);
  return await engine.runMachine({ StartAt, States: states }, input);
}

const work = (more: JsonObject): JsonObject => ({
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke',
  Parameters: { FunctionName: `\${WorkFunctionArn}`, 'Payload.$': '$' },
  End: true,
  ...more,
});

describe('data goes through a state in JSONPath', () => {
  const input = { a: { b: [1, 2] }, c: 'x' };

  test.each<[string, JsonObject, Json]>([
    ['as it comes', { Type: 'Pass' }, input],
    ['by InputPath', { Type: 'Pass', InputPath: '$.a' }, { b: [1, 2] }],
    ['as nothing, by InputPath null', { Type: 'Pass', InputPath: null }, {}],
    [
      'by Parameters of what InputPath selects',
      { Type: 'Pass', InputPath: '$.a', Parameters: { 'd.$': '$.b[1]' } },
      { d: 2 },
    ],
    [
      'as a Result',
      { Type: 'Pass', Result: { 'r.$': 'kept' }, ResultPath: '$.a.r' },
      { a: { b: [1, 2], r: { 'r.$': 'kept' } }, c: 'x' },
    ],
    ['past a result that is left out', { Type: 'Pass', Result: 1, ResultPath: null }, input],
    ['by OutputPath', { Type: 'Pass', OutputPath: '$.a.b' }, [1, 2]],
    ['as nothing, by OutputPath null', { Type: 'Pass', OutputPath: null }, {}],
    [
      'through a task, by all of them in order',
      work({
        InputPath: '$.a',
        ResultSelector: { 'sum.$': 'States.MathAdd($.Payload.b[0], $.Payload.b[1])' },
        ResultPath: '$.task',
        OutputPath: '$.task',
      }),
      { sum: 3 },
    ],
    [
      'through branches',
      {
        Type: 'Parallel',
        Parameters: { 'n.$': '$.c' },
        Branches: [{ StartAt: 'p', States: { p: { Type: 'Pass', End: true } } }],
        ResultSelector: { 'first.$': '$[0].n' },
      },
      { first: 'x' },
    ],
    [
      'through iterations',
      {
        Type: 'Map',
        ItemsPath: '$.a.b',
        Parameters: { 'i.$': '$$.Map.Item.Index', 'v.$': '$$.Map.Item.Value', 'c.$': '$.c' },
        Iterator: { StartAt: 'p', States: { p: { Type: 'Pass', End: true } } },
        ResultPath: '$.a',
      },
      {
        a: [
          { i: 0, v: 1, c: 'x' },
          { i: 1, v: 2, c: 'x' },
        ],
        c: 'x',
      },
    ],
    ['through a wait', { Type: 'Wait', SecondsPath: '$.a.b[0]', OutputPath: '$.c' }, 'x'],
    ['to a success', { Type: 'Succeed', InputPath: '$.a', OutputPath: '$.b' }, [1, 2]],
  ])('%s', async (_how, state, output) => {
    const ends = state['Type'] === 'Succeed' ? state : { End: true, ...state };
    expect(await run({ a: ends }, input)).toMatchObject({ status: 'SUCCEEDED', output });
  });

  test('into variables, which take what the state has done before its ResultSelector', async () => {
    const { output } = await run(
      {
        a: work({
          ResultSelector: { x: 1 },
          Assign: { 'was.$': '$.Payload', fixed: [1] },
          Next: 'b',
          End: false,
        }),
        b: {
          Type: 'Pass',
          Assign: { fixed: 'later' },
          Parameters: { 'was.$': '$was.c', 'fixed.$': '$fixed[0]' },
          End: true,
        },
      },
      input,
    );
    expect(output).toEqual({ was: 'x', fixed: 1 });
  });

  test('to a catcher, whose error stands beside the input; OutputPath is not for it', async () => {
    const { output } = await run(
      {
        a: {
          ...{ Type: 'Parallel', OutputPath: '$.never', End: true },
          Branches: [{ StartAt: 'f', States: { f: { Type: 'Fail', Error: 'Broken' } } }],
          Catch: [
            { ErrorEquals: ['States.ALL'], Next: 'b', ResultPath: '$.error', Assign: { 'e.$': '$.Error' } },
          ],
        },
        b: { Type: 'Pass', Parameters: { 'all.$': '$', 'e.$': '$e' }, End: true },
      },
      { c: 1 },
    );
    expect(output).toEqual({ all: { c: 1, error: { Error: 'Broken', Cause: '' } }, e: 'Broken' });
  });

  test('beside states in JSONata, with the same variables', async () => {
    const { output } = await run({
      a: { Type: 'Pass', Assign: { n: 2 }, Next: 'b' },
      b: {
        Type: 'Pass',
        QueryLanguage: 'JSONata',
        Output: '{% $n * 21 %}',
        Assign: { m: '{% [$n] %}' },
        Next: 'c',
      },
      c: { Type: 'Pass', Parameters: { 'n.$': '$', 'm.$': '$m[0]' }, End: true },
    });
    expect(output).toEqual({ n: 42, m: 2 });
  });
});

describe('a state that cannot be evaluated fails, in the words of Step Functions', () => {
  const pass = (more: JsonObject): JsonObject => ({ Type: 'Pass', End: true, ...more });
  const wait = (more: JsonObject): JsonObject => ({ Type: 'Wait', End: true, ...more });
  const map = (more: JsonObject): JsonObject => ({
    ...{ Type: 'Map', End: true, ...more },
    Iterator: { StartAt: 'p', States: { p: pass({}) } },
  });

  test.each<[JsonObject, Json, string, string]>([
    [pass({ InputPath: '$.no' }), {}, 'States.Runtime', "Invalid path '$.no' : No results for path: $['no']"],
    [
      pass({ OutputPath: '$.no.o' }),
      {},
      'States.Runtime',
      "Invalid path '$.no.o' : Missing property in path $['no']",
    ],
    [
      pass({ Parameters: { a: { 'v.$': '$.no' } } }),
      { i: 1 },
      'States.Runtime',
      `The JSONPath '$.no' specified for the field 'v.$' could not be found in the input '{"i":1}'`,
    ],
    [
      pass({ Parameters: { 'v.$': 'States.ArrayLength($)' } }),
      {},
      'States.IntrinsicFailure',
      "The function 'States.ArrayLength($)' had the following error: Invalid type of argument: expected an array, not {}",
    ],
    [
      pass({ ResultPath: '$.a.b' }),
      { a: 1 },
      'States.ResultPathMatchFailure',
      `Unable to apply the ResultPath '$.a.b' to the input '{"a":1}'`,
    ],
    [
      wait({ SecondsPath: '$.s' }),
      {},
      'States.Runtime',
      'The SecondsPath parameter does not reference an input value: $.s',
    ],
    [
      wait({ SecondsPath: '$.s' }),
      { s: -1 },
      'States.Runtime',
      'The SecondsPath parameter references a negative value: $.s == -1',
    ],
    [
      wait({ SecondsPath: '$.s' }),
      { s: 1.5 },
      'States.Runtime',
      'The SecondsPath parameter cannot be parsed as a long value: $.s == 1.5',
    ],
    [
      wait({ TimestampPath: '$.t' }),
      { t: 'soon' },
      'States.Runtime',
      'The TimestampPath parameter does not reference a valid ISO-8601 extended offset date-time format string: $.t == soon',
    ],
    [
      wait({ TimestampPath: '$.t' }),
      {},
      'States.Runtime',
      'The TimestampPath parameter does not reference an input value: $.t',
    ],
    [wait({ SecondsPath: '$.s' }), { s: 100_000_000 }, 'States.Runtime', 'Wait state delay is too long.'],
    [map({}), { a: 1 }, 'States.Runtime', 'Map state input must be an array but was: {"a":1}'],
    [map({ ItemsPath: '$.a' }), { a: 1 }, 'States.Runtime', 'Reference path "$.a" must point to array.'],
    [
      map({ MaxConcurrencyPath: '$[0]' }),
      ['many'],
      'States.Runtime',
      'The MaxConcurrencyPath field refers to value "many" which is not a valid integer: $[0]',
    ],
    [
      work({ TimeoutSecondsPath: '$.t' }),
      {},
      'States.Runtime',
      "Invalid path '$.t' : No results for path: $['t']",
    ],
    [
      work({ TimeoutSecondsPath: '$.t' }),
      { t: 0 },
      'States.Runtime',
      "The field 'TimeoutSecondsPath' must give a number above 0, not 0",
    ],
    [
      { Type: 'Choice', Choices: [{ Variable: '$', IsNull: true, Next: 'a' }] },
      {},
      'States.NoChoiceMatched',
      'No Choice rule of the state matched, and it has no Default',
    ],
  ])('%j with %j', async (state, input, error, reason) => {
    expect(await run({ a: state }, input)).toMatchObject({
      status: 'FAILED',
      error,
      cause: FAULT('a', 2) + reason,
    });
  });

  test('a Fail state names what its paths give', async () => {
    const fail = { Type: 'Fail', ErrorPath: '$.e', CausePath: "States.Format('{}!', $.c)" };
    expect(await run({ a: fail }, { e: 'E', c: 'why' })).toMatchObject({ error: 'E', cause: 'why!' });
    expect(await run({ a: fail }, { e: 'E' })).toMatchObject({
      error: 'States.Runtime',
      cause: expect.stringContaining(
        `The JSONPath '$.c' specified for the field 'CausePath' could not be found`,
      ),
    });
  });
});
