import {
  CreateStateMachineCommand,
  ListStateMachinesCommand,
  TestStateCommand,
  type TestStateCommandInput,
} from '@aws-sdk/client-sfn';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { openStepFunctions, ROLE, type StepFunctionsServer } from '#support/step-functions-server.ts';

let server: StepFunctionsServer;

beforeAll(async () => {
  server = await openStepFunctions({
    functions: {
      Double: async (payload: Json) => Number(payload) * 2,
      Break: async () => {
        throw Object.assign(new Error('it broke'), { name: 'Broke' });
      },
    },
  });
});
afterAll(async () => {
  await server.close();
  expect(server.defects).toEqual([]);
});

type Input = Partial<Omit<TestStateCommandInput, 'definition'>>;

async function run(state: JsonObject, more: Input = {}): Promise<JsonObject> {
  const definition = JSON.stringify({ QueryLanguage: 'JSONata', ...state });
  const { $metadata, ...tested } = await server.client.send(
    new TestStateCommand({ definition, roleArn: ROLE, ...more }),
  );
  return JSON.parse(JSON.stringify(tested));
}

const FUNCTION = 'arn:aws:lambda:local:000000000000:function:';
const double = {
  Type: 'Task',
  Resource: `${FUNCTION}Double`,
  Arguments: '{% $states.input.n %}',
  Next: 'after',
};
const broken = {
  Type: 'Task',
  Resource: `${FUNCTION}Break`,
  Retry: [{ ErrorEquals: ['Broke'], IntervalSeconds: 2, BackoffRate: 3, MaxAttempts: 2 }],
  Catch: [
    { ErrorEquals: ['Other'], Next: 'other' },
    {
      ErrorEquals: ['States.ALL'],
      Next: 'handle',
      Output: { caught: '{% $states.errorOutput.Error %}', n: '{% $states.input.n %}' },
    },
  ],
  End: true,
};

test.each<[string, JsonObject, Input, JsonObject]>([
  [
    'a Pass gives its output',
    { Type: 'Pass', Output: '{% $states.input.a + 1 %}', End: true },
    { input: '{"a":1}' },
    { status: 'SUCCEEDED', output: '2' },
  ],
  [
    'a Pass tells where it goes',
    { Type: 'Pass', Next: 'b' },
    { input: '1' },
    { status: 'SUCCEEDED', output: '1', nextState: 'b' },
  ],
  [
    'a Choice tells which way it takes',
    { Type: 'Choice', Choices: [{ Condition: '{% $states.input > 1 %}', Next: 'big' }], Default: 'small' },
    { input: '2' },
    { status: 'SUCCEEDED', output: '2', nextState: 'big' },
  ],
  [
    'a Choice takes its default',
    { Type: 'Choice', Choices: [{ Condition: '{% $states.input > 1 %}', Next: 'big' }], Default: 'small' },
    { input: '0' },
    { status: 'SUCCEEDED', output: '0', nextState: 'small' },
  ],
  [
    'a Fail gives error and cause',
    { Type: 'Fail', Error: 'E', Cause: 'c' },
    {},
    { status: 'FAILED', error: 'E', cause: 'c' },
  ],
  [
    'a Succeed gives its input',
    { Type: 'Succeed' },
    { input: '{"x":1}' },
    { status: 'SUCCEEDED', output: '{"x":1}' },
  ],
  [
    'a Task does its work',
    double,
    { input: '{"n":4}' },
    { status: 'SUCCEEDED', output: '8', nextState: 'after' },
  ],
  [
    'variables are read, whatever they hold',
    { Type: 'Pass', Output: '{% [$x, $y.z] %}', End: true },
    { variables: '{"x":"{% 1 %}","y":{"z":2}}' },
    { status: 'SUCCEEDED', output: '["{% 1 %}",2]' },
  ],
  [
    'a mocked Task gives the result through its output',
    { ...double, Output: '{% $states.result.v %}' },
    { mock: { result: '{"v":[1,"{% 2 %}"]}' } },
    { status: 'SUCCEEDED', output: '[1,"{% 2 %}"]', nextState: 'after' },
  ],
  [
    'a mocked Parallel gives the results of its branches',
    { Type: 'Parallel', Branches: [{ StartAt: 'a', States: { a: { Type: 'Pass', End: true } } }], End: true },
    { mock: { result: '[{"a":1}]' } },
    { status: 'SUCCEEDED', output: '[{"a":1}]' },
  ],
  [
    'a mocked Map gives the results of its iterations',
    { Type: 'Map', ItemProcessor: { StartAt: 'a', States: { a: { Type: 'Pass', End: true } } }, End: true },
    { mock: { result: '[1,2,3]' } },
    { status: 'SUCCEEDED', output: '[1,2,3]' },
  ],
  [
    'a mocked error that a retrier takes is to be tried again',
    broken,
    { mock: { errorOutput: { error: 'Broke', cause: 'x' } } },
    { status: 'RETRIABLE', error: 'Broke', cause: 'x' },
  ],
  [
    'a mocked error that is retried no more is caught',
    broken,
    {
      input: '{"n":1}',
      mock: { errorOutput: { error: 'Broke', cause: 'x' } },
      stateConfiguration: { retrierRetryCount: 2 },
    },
    {
      status: 'CAUGHT_ERROR',
      error: 'Broke',
      cause: 'x',
      output: '{"caught":"Broke","n":1}',
      nextState: 'handle',
    },
  ],
  [
    'a mocked error with quotes and expressions in it is told as it is',
    { ...broken, Retry: [] },
    { input: '{"n":0}', mock: { errorOutput: { error: 'A"b', cause: '{% 1 %}\n\\' } } },
    {
      status: 'CAUGHT_ERROR',
      error: 'A"b',
      cause: '{% 1 %}\n\\',
      output: '{"caught":"A\\"b","n":0}',
      nextState: 'handle',
    },
  ],
  [
    'a mocked error without a rule fails',
    double,
    { mock: { errorOutput: { error: 'E', cause: 'c' } } },
    { status: 'FAILED', error: 'E', cause: 'c' },
  ],
])('%s', async (_title, state, more, expected) => {
  expect(await run(state, more)).toEqual(expected);
});

test('what a Task really fails with is looked up in its rules', async () => {
  expect(await run(broken)).toMatchObject({
    status: 'RETRIABLE',
    error: 'Broke',
    cause: expect.stringContaining('it broke'),
  });
});

test('a closer look shows input, arguments, result, variables and the rule that was taken', async () => {
  const inspected = await run(
    { ...double, Assign: { got: '{% $states.result %}' } },
    { input: '{"n":4}', variables: '{"v":1}', inspectionLevel: 'DEBUG' },
  );
  expect(inspected['inspectionData']).toEqual({
    ...{ input: '{"n":4}', afterArguments: '4', result: '8' },
    variables: '{"v":1,"got":8}',
  });
  const caught = await run(
    { ...broken, Arguments: { a: '{% $states.input.n + 1 %}' } },
    { input: '{"n":1}', mock: { errorOutput: { error: 'Third' } }, inspectionLevel: 'TRACE' },
  );
  expect(caught['inspectionData']).toEqual({
    ...{ input: '{"n":1}', afterArguments: '{"a":2}', errorDetails: { catchIndex: 1 } },
  });
  const retried = await run(broken, {
    mock: { errorOutput: { error: 'Broke' } },
    stateConfiguration: { retrierRetryCount: 1 },
    inspectionLevel: 'DEBUG',
  });
  expect(retried['inspectionData']).toMatchObject({
    errorDetails: { retryIndex: 0, retryBackoffIntervalSeconds: 6 },
  });
});

const PATHS: JsonObject = {
  ...{ QueryLanguage: 'JSONPath', InputPath: '$.in', Parameters: { 'n.$': '$.n' }, OutputPath: '$.kept' },
  ...{ ResultPath: '$.kept', End: true },
};
const EACH: JsonObject = {
  ...{ Type: 'Map', ToleratedFailureCount: 1, End: true },
  ItemProcessor: { StartAt: 'a', States: { a: { Type: 'Pass', End: true } } },
};

test.each<[string, JsonObject, Input, JsonObject]>([
  [
    'a Pass',
    { Type: 'Pass', ...PATHS },
    { input: '{"in":{"n":1}}' },
    {
      ...{ afterInputPath: '{"n":1}', afterParameters: '{"n":1}', afterResultSelector: '{"n":1}' },
      afterResultPath: '{"in":{"n":1},"kept":{"n":1}}',
    },
  ],
  [
    'a Pass with a result',
    { QueryLanguage: 'JSONPath', Type: 'Pass', Result: 5, ResultPath: '$.r', End: true },
    { input: '{}' },
    { result: '5', afterResultSelector: '5', afterResultPath: '{"r":5}' },
  ],
  [
    'a Task that was called',
    {
      ...{ ...PATHS, Type: 'Task', Resource: `${FUNCTION}Double`, Parameters: 4 },
      ResultSelector: { 'twice.$': '$' },
    },
    { input: '{"in":{"n":1}}' },
    {
      ...{ afterInputPath: '{"n":1}', afterParameters: '4', result: '8' },
      ...{ afterResultSelector: '{"twice":8}', afterResultPath: '{"in":{"n":1},"kept":{"twice":8}}' },
    },
  ],
  [
    'a mocked Map',
    { QueryLanguage: 'JSONPath', ...EACH, ItemsPath: '$.items', ResultPath: '$.r', MaxConcurrency: 3 },
    { input: '{"items":[1]}', mock: { result: '[2]' } },
    {
      ...{ afterInputPath: '{"items":[1]}', afterItemsPath: '[1]', afterResultSelector: '[2]' },
      ...{ afterResultPath: '{"items":[1],"r":[2]}', maxConcurrency: 3, toleratedFailureCount: 1 },
    },
  ],
  [
    'a Map of expressions',
    { ...EACH, Items: '{% $states.input %}', MaxConcurrency: '{% 1 + 1 %}' },
    { input: '[1]', mock: { result: '[2]' } },
    { maxConcurrency: 2, toleratedFailureCount: 1 },
  ],
  ['a Succeed', { QueryLanguage: 'JSONPath', Type: 'Succeed' }, { input: '1' }, { afterInputPath: '1' }],
])('a closer look at %s shows what each field has made of the data', async (_, state, more, shown) => {
  const { status, inspectionData } = await run(state, { ...more, inspectionLevel: 'DEBUG' });
  expect(status).toBe('SUCCEEDED');
  expect(inspectionData).toEqual({ input: more.input, ...shown });
});

test.each<[object, JsonObject, number, string]>([
  [{}, {}, 1, 'SUCCEEDED'],
  [{}, {}, 2, 'FAILED'],
  [{ Retry: [{ ErrorEquals: ['States.ExceedToleratedFailureThreshold'] }] }, {}, 2, 'RETRIABLE'],
  [{ Catch: [{ ErrorEquals: ['States.ALL'], Next: 'c' }] }, {}, 2, 'CAUGHT_ERROR'],
  [{ ToleratedFailureCount: undefined }, {}, 3, 'SUCCEEDED'],
  [{ ToleratedFailureCount: undefined, ToleratedFailurePercentage: 50 }, {}, 1, 'SUCCEEDED'],
  [{ ToleratedFailureCount: undefined, ToleratedFailurePercentage: 49 }, {}, 1, 'FAILED'],
  [
    {
      ...{ ToleratedFailureCount: undefined, ToleratedFailurePercentage: 50, Items: undefined },
      ItemReader: { Resource: 'arn:aws:states:::s3:getObject', Arguments: { Bucket: 'b', Key: 'k' } },
    },
    { mapItemReaderData: '[1]' },
    1,
    'FAILED',
  ],
])('a Map with %j and %j, of which %d have failed, is %s', async (more, configuration, failures, status) => {
  const stateConfiguration = { mapIterationFailureCount: failures, ...configuration };
  const ItemProcessor = {
    ...Object(EACH['ItemProcessor']),
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
  };
  const state: JsonObject = JSON.parse(JSON.stringify({ ...EACH, ItemProcessor, Items: [1, 2], ...more }));
  const tested = await run(state, { mock: { result: '[1, 2]' }, stateConfiguration });
  expect(tested).toMatchObject({ status });
});

test('a context object of its own is all that a state is told of', async () => {
  const context = { Execution: { Name: 'mine' }, State: {} };
  const state = { Type: 'Pass', Output: '{% $states.context %}', End: true };
  const tested = await run(state, { context: JSON.stringify(context), variables: '{"v":1}' });
  expect(JSON.parse(String(tested['output']))).toEqual(context);
});

test('a mocked Map in JSONPath that finds no array fails', async () => {
  const state = { ...EACH, QueryLanguage: 'JSONPath', ItemsPath: '$$.Execution.Input' };
  const tested = await run(state, { mock: { result: '[]' }, input: '{"n":1}', inspectionLevel: 'DEBUG' });
  expect(tested).toEqual({
    ...{ status: 'FAILED', error: 'States.Runtime' },
    cause: 'Reference path "$.Execution.Input" must point to array.',
    inspectionData: { input: '{"n":1}', afterInputPath: '{"n":1}' },
  });
});

test('a closer look names the retrier that has no tries left', async () => {
  const { Catch: _, ...state } = broken;
  const { status, inspectionData } = await run(state, {
    ...{ mock: { errorOutput: { error: 'Broke' } }, inspectionLevel: 'DEBUG' },
    stateConfiguration: { retrierRetryCount: 2 },
  });
  expect(status).toBe('FAILED');
  expect(inspectionData).toMatchObject({ errorDetails: { retryIndex: 0 } });
});

test('a state of a machine is tested by its name, at whatever depth', async () => {
  const inner = { StartAt: 'in', States: { in: { Type: 'Pass', Output: 'deep', End: true } } };
  const machine = { StartAt: 'p', States: { p: { Type: 'Parallel', Branches: [inner], End: true } } };
  expect(await run(machine, { stateName: 'in' })).toMatchObject({ status: 'SUCCEEDED', output: '"deep"' });
  await expect(run(machine, { stateName: 'none' })).rejects.toMatchObject({
    name: 'ValidationException',
    message: 'State not found in definition',
  });
});

test.each<[string, JsonObject, Input, string, string | RegExp]>([
  [
    'a Map without a mock',
    { Type: 'Map', End: true },
    {},
    'InvalidDefinition',
    /TestState API does not support Map or Parallel states/,
  ],
  [
    'a mocked Pass',
    { Type: 'Pass', End: true },
    { mock: { result: '1' } },
    'ValidationException',
    "State type 'Pass' is not supported when a mock is specified",
  ],
  [
    'a mock of both',
    double,
    { mock: { result: '1', errorOutput: {} } },
    'ValidationException',
    'A test mock should have only one of the following fields: [result, errorOutput].',
  ],
  [
    'a mock that is no JSON',
    double,
    { mock: { result: 'x' } },
    'ValidationException',
    'Mocked result must be valid JSON',
  ],
  [
    'a mocked Map that gives no array',
    { Type: 'Map', ItemProcessor: { StartAt: 'a', States: { a: { Type: 'Pass', End: true } } }, End: true },
    { mock: { result: '{}' } },
    'ValidationException',
    'Mocked result must be an array.',
  ],
  [
    'a Task without a role',
    double,
    { roleArn: undefined },
    'ValidationException',
    'RoleArn must be specified when testing a Task state',
  ],
  [
    'a state of no type',
    { Type: 'Nap', End: true },
    {},
    'InvalidDefinition',
    /The field 'Type' should have one of these values: \[Task, Wait, Pass, Succeed, Fail, Choice, Parallel, Map\] at \/States\/StateName\/Type/,
  ],
  ['input that is no JSON', { Type: 'Pass', End: true }, { input: '{' }, 'InvalidExecutionInput', /./],
  [
    'data of an ItemReader that is no JSON',
    { Type: 'Pass', End: true },
    { stateConfiguration: { mapItemReaderData: '[' } },
    'ValidationException',
    'MapItemReaderData must be valid JSON',
  ],
  ...[
    ['[]', 'Context object must be a JSON object'],
    ['{"Map":{}}', "'Map' field is not supported when mocking a Context object"],
    ['{"Other":{}}', "Field 'Other' is not allowed"],
    ['{"State":{"other":1}}', "Field 'other' is not allowed"],
    ['{"State":1}', 'State must be an object'],
    ['{"Execution":{"Id":1}}', 'Execution.Id must be a string'],
    [
      '{"Task":{"Token":"t"}}',
      "Context object contains 'Task' when state is not a Task state with a '.sync' or '.waitForTaskToken' service integration pattern",
    ],
  ].map(([context, reason]): [string, JsonObject, Input, string, string] => [
    `the context ${context}`,
    { Type: 'Pass', End: true },
    { context },
    'ValidationException',
    `Invalid Context object provided: ${reason}`,
  ]),
])('%s is refused', async (_title, state, more, name, message) => {
  await expect(run(state, more)).rejects.toMatchObject({
    name,
    message: typeof message === 'string' ? message : expect.stringMatching(message),
  });
});

test('a test leaves no machine behind, and does not get in the way of one of its name', async () => {
  await run({ Type: 'Pass', End: true });
  const definition = '{"QueryLanguage":"JSONata","StartAt":"a","States":{"a":{"Type":"Pass","End":true}}}';
  await server.client.send(new CreateStateMachineCommand({ name: 'TestState', definition, roleArn: ROLE }));
  const { stateMachines } = await server.client.send(new ListStateMachinesCommand({}));
  expect(stateMachines?.map(({ name }) => name)).toEqual(['TestState']);
});
