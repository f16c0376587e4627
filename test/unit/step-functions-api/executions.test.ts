import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  ListMapRunsCommand,
  paginateGetExecutionHistory,
  paginateListExecutions,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskHeartbeatCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Json, JsonObject } from '#core/json.ts';
import { openStepFunctions, ROLE, type StepFunctionsServer } from '#support/step-functions-server.ts';

let server: StepFunctionsServer;
const tokens: string[] = [];

beforeEach(async () => {
  tokens.length = 0;
  server = await openStepFunctions({
    functions: {
      AskFunctionArn: async (payload: Json) => {
        tokens.push(String(payload));
        return null;
      },
    },
  });
});
afterEach(async () => {
  await server.close();
  expect(server.defects).toEqual([]);
});

const PREFIX = 'arn:aws:states:local:000000000000';
const MACHINE = `${PREFIX}:stateMachine:m`;

function definition(states: JsonObject): string {
  const [StartAt = ''] = Object.keys(states);
  return JSON.stringify({ QueryLanguage: 'JSONata', StartAt, States: states });
}

const PASS = definition({ a: { Type: 'Pass', Output: '{% $states.input.n %}', End: true } });
const WAIT = definition({ w: { Type: 'Wait', Seconds: 3_600, End: true } });
const ASK = definition({
  ask: {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: {
      FunctionName: 'arn:aws:lambda:local:000000000000:function:AskFunctionArn',
      Payload: '{% $states.context.Task.Token %}',
    },
    End: true,
  },
});

async function create(text: string, type: 'STANDARD' | 'EXPRESS' = 'STANDARD'): Promise<void> {
  await server.client.send(
    new CreateStateMachineCommand({ name: 'm', definition: text, roleArn: ROLE, type }),
  );
}

async function start(name: string, input = '{}'): Promise<string> {
  const started = await server.client.send(
    new StartExecutionCommand({ stateMachineArn: MACHINE, name, input }),
  );
  return started.executionArn ?? '';
}

function describe(executionArn: string): Promise<DescribeExecutionCommandOutput> {
  return server.client.send(new DescribeExecutionCommand({ executionArn }));
}

async function ended(executionArn: string): Promise<DescribeExecutionCommandOutput> {
  await expect.poll(async () => (await describe(executionArn)).status).not.toBe('RUNNING');
  return describe(executionArn);
}

test('an execution is described from start to end', async () => {
  await create(PASS);
  const arn = await start('one', '{"n": 7}');
  expect(arn).toBe(`${PREFIX}:execution:m:one`);
  const { $metadata, ...described } = await ended(arn);
  expect(described).toEqual({
    ...{ executionArn: arn, stateMachineArn: MACHINE, name: 'one', status: 'SUCCEEDED' },
    ...{ input: '{"n":7}', inputDetails: { included: true }, output: '7', outputDetails: { included: true } },
    ...{ startDate: expect.any(Date), stopDate: expect.any(Date), redriveCount: 0 },
    redriveStatus: 'NOT_REDRIVABLE',
    redriveStatusReason: 'Execution is SUCCEEDED and cannot be redriven',
  });
  const bare = await server.client.send(
    new DescribeExecutionCommand({ executionArn: arn, includedData: 'METADATA_ONLY' }),
  );
  expect(bare.input).toBeUndefined();
  expect(bare.output).toBeUndefined();
});

test('times keep their milliseconds', async () => {
  await create(PASS);
  const arn = await start('one');
  const { startDate } = await ended(arn);
  expect(startDate?.getTime()).toBe((await server.engine.describe({ machine: 'm', name: 'one' }))?.startedAt);
});

test('a name stands for one execution: the same again while it runs, refused after', async () => {
  await create(WAIT);
  const first = await server.client.send(
    new StartExecutionCommand({ stateMachineArn: MACHINE, name: 'x', input: '{"a":1}' }),
  );
  const again = await server.client.send(
    new StartExecutionCommand({ stateMachineArn: MACHINE, name: 'x', input: '{ "a": 1 }' }),
  );
  expect(again).toMatchObject({ executionArn: first.executionArn, startDate: first.startDate });
  const exists = {
    name: 'ExecutionAlreadyExists',
    message: `Execution Already Exists: '${PREFIX}:execution:m:x'`,
  };
  await expect(start('x', '{"a":2}')).rejects.toMatchObject(exists);
  await server.client.send(new StopExecutionCommand({ executionArn: first.executionArn }));
  await expect(start('x', '{"a":1}')).rejects.toMatchObject(exists);
});

test('of many that take one name at once, with inputs of their own, one is started', async () => {
  await create(WAIT);
  const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map((n) => start('x', `{"n":${n}}`)));
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  expect(refused).toHaveLength(4);
  for (const outcome of refused) {
    expect(outcome).toMatchObject({
      reason: {
        name: 'ExecutionAlreadyExists',
        message: `Execution Already Exists: '${PREFIX}:execution:m:x'`,
      },
    });
  }
});

test('one without a name gets a UUID', async () => {
  await create(PASS);
  const { executionArn } = await server.client.send(new StartExecutionCommand({ stateMachineArn: MACHINE }));
  expect(executionArn).toMatch(
    /:execution:m:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
  );
});

test.each([
  ['', /^Invalid State Machine Execution Input: 'Invalid execution input.'$/],
  ['not json', /Unrecognized token 'not': was expecting \(JSON String/],
  ["{'a': 1}", /Unexpected character \(''' {1,2}\(code 39\)\)|Unexpected character \('''/],
  ['[1,', /./],
  [`${'['.repeat(1_001)}${']'.repeat(1_001)}`, /nesting depth/],
])('the input %j is refused', async (input, message) => {
  await create(PASS);
  await expect(start('x', input)).rejects.toMatchObject({
    name: 'InvalidExecutionInput',
    message: expect.stringMatching(message),
  });
});

test.each([
  ['of a machine that is not there', { stateMachineArn: `${MACHINE}x` }, 'StateMachineDoesNotExist'],
  ['of a version that is not there', { stateMachineArn: `${MACHINE}:3` }, 'StateMachineDoesNotExist'],
  ['of an alias that is not there', { stateMachineArn: `${MACHINE}:LIVE` }, 'StateMachineDoesNotExist'],
  ['by an ARN that is none', { stateMachineArn: 'm' }, 'InvalidArn'],
  ['under a name with a slash', { stateMachineArn: MACHINE, name: 'a/b' }, 'InvalidName'],
  [
    'under a name of 81 characters',
    { stateMachineArn: MACHINE, name: 'n'.repeat(81) },
    'ValidationException',
  ],
  [
    'with an input of 262,145 characters',
    { stateMachineArn: MACHINE, input: `"${'x'.repeat(262_143)}"` },
    'ValidationException',
  ],
])('a start %s is refused', async (_title, input, name) => {
  await create(PASS);
  await expect(server.client.send(new StartExecutionCommand(input))).rejects.toMatchObject({ name });
});

test('executions are listed newest first, by status, page by page', async () => {
  await create(
    definition({
      c: { Type: 'Choice', Choices: [{ Condition: '{% $states.input.wait %}', Next: 'w' }], Default: 'f' },
      w: { Type: 'Wait', Seconds: 3_600, End: true },
      f: { Type: 'Fail', Error: 'E', Cause: 'c' },
    }),
  );
  for (const n of [0, 1, 2, 3, 4, 5, 6]) await start(`e${n}`, JSON.stringify({ wait: n % 2 === 0 }));
  await ended(`${PREFIX}:execution:m:e5`);
  const listed = async (more: object): Promise<string[][]> => {
    const pages: string[][] = [];
    const paginator = paginateListExecutions(
      { client: server.client, pageSize: 3 },
      { stateMachineArn: MACHINE, ...more },
    );
    for await (const { executions = [] } of paginator) pages.push(executions.map(({ name = '' }) => name));
    return pages;
  };
  expect(await listed({})).toEqual([['e6', 'e5', 'e4'], ['e3', 'e2', 'e1'], ['e0']]);
  expect(await listed({ statusFilter: 'FAILED' })).toEqual([['e5', 'e3', 'e1']]);
  expect(await listed({ statusFilter: 'RUNNING' })).toEqual([['e6', 'e4', 'e2'], ['e0']]);
  expect(await listed({ statusFilter: 'ABORTED' })).toEqual([[]]);
  const first = await server.client.send(
    new ListExecutionsCommand({ stateMachineArn: MACHINE, maxResults: 3 }),
  );
  expect(first.executions?.[0]).toMatchObject({
    ...{
      executionArn: `${PREFIX}:execution:m:e6`,
      stateMachineArn: MACHINE,
      status: 'RUNNING',
      redriveCount: 0,
    },
    startDate: expect.any(Date),
  });
  const other = new ListExecutionsCommand({
    stateMachineArn: MACHINE,
    statusFilter: 'FAILED',
    nextToken: first.nextToken,
  });
  await expect(server.client.send(other)).rejects.toMatchObject({ name: 'InvalidToken' });
});

test.each([
  [{}, 'ValidationException'],
  [{ stateMachineArn: MACHINE, mapRunArn: `${PREFIX}:mapRun:m/l:1` }, 'ValidationException'],
  [{ stateMachineArn: MACHINE, redriveFilter: 'REDRIVEN' as const }, 'ValidationException'],
  [{ stateMachineArn: `${MACHINE}x` }, 'StateMachineDoesNotExist'],
  [{ mapRunArn: `${PREFIX}:mapRun:m/l:1` }, 'ResourceNotFound'],
  [{ stateMachineArn: 'invalid_state_machine_arn' }, 'InvalidArn'],
])('a list of %j is refused', async (input, name) => {
  await create(PASS);
  await expect(server.client.send(new ListExecutionsCommand(input))).rejects.toMatchObject({ name });
});

test('events carry their details under the member of their type', async () => {
  await create(
    definition({
      a: { Type: 'Pass', Assign: { x: 1 }, Next: 'm' },
      m: {
        Type: 'Map',
        Items: [1],
        ItemProcessor: { StartAt: 'i', States: { i: { Type: 'Pass', End: true } } },
        End: true,
      },
    }),
  );
  const arn = await start('one', '{"n":1}');
  await ended(arn);
  const { events = [] } = await server.client.send(new GetExecutionHistoryCommand({ executionArn: arn }));
  const byType = (type: string): HistoryEvent | undefined => events.find((event) => event.type === type);
  expect(byType('ExecutionStarted')).toMatchObject({
    ...{ id: 1, previousEventId: 0, timestamp: expect.any(Date) },
    executionStartedEventDetails: { input: '{"n":1}', inputDetails: { truncated: false }, roleArn: ROLE },
  });
  expect(byType('PassStateEntered')?.stateEnteredEventDetails).toEqual({
    name: 'a',
    input: '{"n":1}',
    inputDetails: { truncated: false },
  });
  expect(byType('PassStateExited')?.stateExitedEventDetails).toMatchObject({
    ...{ name: 'a', output: '{"n":1}', outputDetails: { truncated: false } },
    ...{ assignedVariables: { x: '1' }, assignedVariablesDetails: { truncated: false } },
  });
  expect(byType('MapStateStarted')?.mapStateStartedEventDetails).toEqual({ length: 1 });
  expect(byType('MapIterationStarted')?.mapIterationStartedEventDetails).toEqual({ name: 'm', index: 0 });
  expect(Object.keys(byType('MapStateSucceeded') ?? {}).filter((key) => key.endsWith('Details'))).toEqual([]);
  expect(byType('ExecutionSucceeded')?.executionSucceededEventDetails).toMatchObject({ output: '[1]' });
  const bare = await server.client.send(
    new GetExecutionHistoryCommand({ executionArn: arn, includeExecutionData: false }),
  );
  expect(JSON.stringify(bare.events)).not.toMatch(/input|output|assignedVariables/);
});

test('a history is read both ways, whatever the size of its pages', async () => {
  await create(
    definition({
      m: {
        Type: 'Map',
        Items: '{% [1..600] %}',
        ItemProcessor: { StartAt: 'i', States: { i: { Type: 'Pass', End: true } } },
        End: true,
      },
    }),
  );
  const arn = await start('one');
  await ended(arn);
  const read = async (reverseOrder: boolean, pageSize: number): Promise<(number | undefined)[]> => {
    const ids: (number | undefined)[] = [];
    const paginator = paginateGetExecutionHistory(
      { client: server.client, pageSize },
      { executionArn: arn, reverseOrder },
    );
    for await (const { events = [] } of paginator) ids.push(...events.map(({ id }) => id));
    return ids;
  };
  const forwards = await read(false, 1_000);
  expect(forwards).toHaveLength(2_406);
  expect(forwards).toEqual(forwards.map((_, at) => at + 1));
  expect(await read(true, 1_000)).toEqual(forwards.toReversed());
  expect(await read(true, 999)).toEqual(forwards.toReversed());
  expect(await read(false, 802)).toEqual(forwards);
});

test('a stop ends an execution with its reason, or without one', async () => {
  await create(WAIT);
  const [reasoned, plain] = [await start('a'), await start('b')];
  const { stopDate } = await server.client.send(
    new StopExecutionCommand({ executionArn: reasoned, error: 'Operator', cause: 'enough' }),
  );
  expect(await describe(reasoned)).toMatchObject({
    status: 'ABORTED',
    error: 'Operator',
    cause: 'enough',
    stopDate,
  });
  await server.client.send(new StopExecutionCommand({ executionArn: plain }));
  const described = await describe(plain);
  expect(described).toMatchObject({ status: 'ABORTED' });
  expect(described.error).toBeUndefined();
  const { events = [] } = await server.client.send(
    new GetExecutionHistoryCommand({ executionArn: plain, reverseOrder: true, maxResults: 1 }),
  );
  expect(events).toMatchObject([{ type: 'ExecutionAborted', executionAbortedEventDetails: {} }]);
  const again = await server.client.send(
    new StopExecutionCommand({ executionArn: reasoned, error: 'Other' }),
  );
  expect(again.stopDate).toEqual(stopDate);
});

test.each<[string, (executionArn: string) => Promise<unknown>]>([
  ['describe', (executionArn) => server.client.send(new DescribeExecutionCommand({ executionArn }))],
  ['stop', (executionArn) => server.client.send(new StopExecutionCommand({ executionArn }))],
  [
    'read the history of',
    (executionArn) => server.client.send(new GetExecutionHistoryCommand({ executionArn })),
  ],
  ['redrive', (executionArn) => server.client.send(new RedriveExecutionCommand({ executionArn }))],
  ['list the map runs of', (executionArn) => server.client.send(new ListMapRunsCommand({ executionArn }))],
])('there is no way to %s what was never started', async (_title, send) => {
  await create(PASS);
  const arn = `${PREFIX}:execution:m:none`;
  await expect(send(arn)).rejects.toMatchObject({
    name: 'ExecutionDoesNotExist',
    message: `Execution Does Not Exist: '${arn}'`,
  });
  await expect(send('none')).rejects.toMatchObject({ name: 'InvalidArn' });
  await expect(send(`${PREFIX}:express:m:a:b`)).rejects.toMatchObject({
    name: 'InvalidArn',
    message: "Invalid Arn: 'Resource type not valid in this context: express'",
  });
});

test('where nothing redrives, each execution says why', async () => {
  await create(WAIT);
  const arn = await start('a');
  const redrive = new RedriveExecutionCommand({ executionArn: arn });
  await expect(server.client.send(redrive)).rejects.toMatchObject({
    name: 'ExecutionNotRedrivable',
    message: 'Execution is RUNNING and cannot be redriven',
  });
});

test('a task is answered by its token, once', async () => {
  await create(ASK);
  const arn = await start('a');
  await expect.poll(() => tokens.length).toBe(1);
  const [taskToken = ''] = tokens;
  await server.client.send(new SendTaskHeartbeatCommand({ taskToken }));
  await expect(
    server.client.send(new SendTaskSuccessCommand({ taskToken, output: 'no json' })),
  ).rejects.toMatchObject({ name: 'InvalidOutput' });
  await server.client.send(new SendTaskSuccessCommand({ taskToken, output: '{"ok":true}' }));
  expect(await ended(arn)).toMatchObject({ status: 'SUCCEEDED', output: '{"ok":true}' });
  const late = server.client.send(new SendTaskFailureCommand({ taskToken, error: 'E' }));
  await expect(late).rejects.toMatchObject({
    name: 'TaskTimedOut',
    message: "Task Timed Out: 'Provided task does not exist anymore'",
  });
  const forged = server.client.send(
    new SendTaskHeartbeatCommand({ taskToken: `${taskToken.slice(0, -2)}AA` }),
  );
  await expect(forged).rejects.toMatchObject({
    name: 'InvalidToken',
    message: "Invalid Token: 'Invalid token'",
  });
});

test('a task fails with the error and cause that its worker gives', async () => {
  await create(ASK);
  const arn = await start('a');
  await expect.poll(() => tokens.length).toBe(1);
  const [taskToken] = tokens;
  await server.client.send(new SendTaskFailureCommand({ taskToken, error: 'Worker.Broke', cause: 'why' }));
  expect(await ended(arn)).toMatchObject({ status: 'FAILED', error: 'Worker.Broke', cause: 'why' });
});

test('an express execution is answered when it has ended, and known no more', async () => {
  await create(PASS, 'EXPRESS');
  const run = (name: string) =>
    server.client.send(new StartSyncExecutionCommand({ stateMachineArn: MACHINE, name, input: '{"n":3}' }));
  const { $metadata, ...first } = await run('same');
  expect(first).toEqual({
    executionArn: expect.stringMatching(new RegExp(`^${PREFIX}:express:m:same:[0-9a-f-]{36}$`)),
    ...{ stateMachineArn: MACHINE, name: 'same', status: 'SUCCEEDED', input: '{"n":3}', output: '3' },
    ...{ inputDetails: { included: true }, outputDetails: { included: true } },
    ...{ startDate: expect.any(Date), stopDate: expect.any(Date) },
    billingDetails: { billedDurationInMilliseconds: 100, billedMemoryUsedInMB: 64 },
  });
  expect((await run('same')).executionArn).not.toBe(first.executionArn);
  await expect(
    server.client.send(new ListExecutionsCommand({ stateMachineArn: MACHINE })),
  ).rejects.toMatchObject({ name: 'StateMachineTypeNotSupported' });
});

test('an express execution that fails is answered with its error', async () => {
  await create(definition({ f: { Type: 'Fail', Error: 'E', Cause: 'c' } }), 'EXPRESS');
  expect(await server.client.send(new StartSyncExecutionCommand({ stateMachineArn: MACHINE }))).toMatchObject(
    { status: 'FAILED', error: 'E', cause: 'c' },
  );
});

test('a standard machine is not run synchronously', async () => {
  await create(PASS);
  await expect(
    server.client.send(new StartSyncExecutionCommand({ stateMachineArn: MACHINE })),
  ).rejects.toMatchObject({
    name: 'StateMachineTypeNotSupported',
    message: 'This operation is not supported by this type of state machine',
  });
});

test.each([
  [
    'arn:aws:states:::lambda:invoke.waitForTaskToken',
    "'.waitForTaskToken' service integration  at /States/t/Resource",
  ],
  ['arn:aws:states:::states:startExecution.sync:2', "'.sync' service integration at /States/t/Resource"],
  [`${PREFIX}:activity:a`, 'Activity ARN at /States/t/Resource'],
])('an express machine does not wait by %s', async (Resource, reason) => {
  await expect(
    create(definition({ t: { Type: 'Task', Resource, End: true } }), 'EXPRESS'),
  ).rejects.toMatchObject({
    name: 'InvalidDefinition',
    message: `Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: Express state machine does not support ${reason}'`,
  });
});
