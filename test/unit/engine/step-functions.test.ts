import {
  DescribeExecutionCommand,
  ExecutionAlreadyExists,
  ExecutionDoesNotExist,
  ExecutionNotRedrivable,
  GetExecutionHistoryCommand,
  InvalidToken,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  ResourceNotFound,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  SFNClient,
  StartExecutionCommand,
  TaskDoesNotExist,
  TaskTimedOut,
} from '@aws-sdk/client-sfn';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { StepFunctionsEngine } from '#engine/step-functions.ts';

const sfn = mockClient(SFNClient);
const REF = { machine: 'tour-1_0_0', name: 'one' };
const engine = new StepFunctionsEngine({
  client: new SFNClient({ region: 'eu-central-1' }),
  machineArnPrefix: 'arn:aws:states:eu-central-1:1:stateMachine:stepwright-',
});
beforeEach(() => sfn.reset());

const META = { $metadata: {}, message: 'x' };

test.each([
  ['TaskTimedOut', new TaskTimedOut(META)],
  ['TaskDoesNotExist', new TaskDoesNotExist(META)],
  ['InvalidToken', new InvalidToken(META)],
])('a token that is refused with %s is gone', async (_name, error) => {
  sfn.on(SendTaskSuccessCommand).rejects(error);
  expect(await engine.succeedTask('token', 1)).toBe('gone');
});

test('an answer that cannot be given is thrown, so that it is given again', async () => {
  sfn.on(SendTaskSuccessCommand).rejects(new Error('throttled'));
  await expect(engine.succeedTask('token', 1)).rejects.toThrow('throttled');
});

test('a start carries the trace that it is under to X-Ray, and none where there is none', async () => {
  sfn.on(StartExecutionCommand).resolves({});
  const trace = { traceId: `6956a100${'b'.repeat(24)}`, spanId: 'c'.repeat(16), isSampled: true };
  await engine.start(REF, {}, { trace });
  await engine.start(REF, {}, { trace: { ...trace, isSampled: false } });
  await engine.start(REF, {});
  const root = `Root=1-6956a100-${'b'.repeat(24)};Parent=${'c'.repeat(16)}`;
  expect(sfn.commandCalls(StartExecutionCommand).map(({ args: [{ input }] }) => input.traceHeader)).toEqual([
    `${root};Sampled=1`,
    `${root};Sampled=0`,
    undefined,
  ]);
});

test('a failure is cut to what Step Functions takes', async () => {
  sfn.on(SendTaskFailureCommand).resolves({});
  await engine.failTask('token', { error: 'E'.repeat(300), cause: 'c'.repeat(40_000) });
  const [call] = sfn.commandCalls(SendTaskFailureCommand);
  expect(call?.args[0].input.error).toHaveLength(256);
  expect(call?.args[0].input.cause).toHaveLength(32_768);
});

test.each([
  ['the same input', '{"n":1}', undefined],
  ['another input', '{"n":2}', 'SW4015'],
])('a name that was used before with %s', async (_what, input, code) => {
  sfn.on(StartExecutionCommand).rejects(new ExecutionAlreadyExists(META));
  sfn.on(DescribeExecutionCommand).resolves({ status: 'SUCCEEDED', input });
  const started = engine.start(REF, { n: 1 });
  if (code === undefined) await started;
  else await expect(started).rejects.toMatchObject({ code });
});

test('a history of several pages is read whole, from any event on', async () => {
  const event = (id: number) => ({
    id,
    previousEventId: id - 1,
    type: 'PassStateEntered' as const,
    timestamp: new Date(id),
  });
  sfn
    .on(GetExecutionHistoryCommand)
    .resolvesOnce({ events: [event(1), event(2)], nextToken: 'more' })
    .resolvesOnce({ events: [event(3)] });
  expect((await engine.history(REF, 1)).map(({ id }) => id)).toEqual([2, 3]);
  const [, second] = sfn.commandCalls(GetExecutionHistoryCommand);
  expect(second?.args[0].input.nextToken).toBe('more');
});

test('an execution that is not there is undefined, and has no history', async () => {
  sfn.on(DescribeExecutionCommand).rejects(new ExecutionDoesNotExist(META));
  sfn.on(GetExecutionHistoryCommand).rejects(new ExecutionDoesNotExist(META));
  expect(await engine.describe(REF)).toBeUndefined();
  await expect(engine.history(REF, 0)).rejects.toMatchObject({ code: 'SW4014' });
});

test('without a role nothing is deployed', async () => {
  await expect(engine.deploy({ name: 'x', definition: {} })).rejects.toThrow('without a role');
});

test('an execution is redriven from where it failed, and tells how often', async () => {
  sfn.on(RedriveExecutionCommand).resolves({ redriveDate: new Date(5) });
  sfn.on(DescribeExecutionCommand).resolves({
    status: 'RUNNING',
    input: '{}',
    redriveCount: 2,
    redriveDate: new Date(5),
  });
  expect(await engine.redrive(REF)).toEqual({ redriveCount: 2, redrivenAt: 5 });
  expect(sfn.commandCalls(RedriveExecutionCommand)[0]?.args[0].input.executionArn).toBe(
    'arn:aws:states:eu-central-1:1:execution:stepwright-tour-1_0_0:one',
  );
});

test.each([
  ['SW4014', new ExecutionDoesNotExist(META)],
  ['SW4060', new ExecutionNotRedrivable(META)],
])('a redrive that Step Functions refuses is %s', async (code, error) => {
  sfn.on(RedriveExecutionCommand).rejects(error);
  await expect(engine.redrive(REF)).rejects.toMatchObject({ code });
});

test('what Step Functions cannot do is refused without asking it', async () => {
  const refused = { code: 'SW4061', kind: 'conflict' };
  const skip = { enteredId: 2, result: null };
  await expect(engine.redrive(REF, { machine: 'tour-1_0_1' })).rejects.toMatchObject(refused);
  await expect(engine.redrive(REF, { rewindTo: [2] })).rejects.toMatchObject(refused);
  const children = [{ ref: REF, rewindTo: [2] }];
  await expect(engine.redrive(REF, { children })).rejects.toMatchObject(refused);
  await expect(engine.redrive(REF, { skip })).rejects.toMatchObject(refused);
  await expect(engine.pause()).rejects.toMatchObject(refused);
  await expect(engine.resume()).rejects.toMatchObject(refused);
  await expect(engine.skipWait()).rejects.toMatchObject(refused);
  expect(sfn.calls()).toEqual([]);
});

const RUN = 'arn:aws:states:eu-central-1:1:mapRun:stepwright-tour-1_0_0/each:a';
const CHILD = 'arn:aws:states:eu-central-1:1:execution:stepwright-tour-1_0_0/each:c-';

test('child executions of distributed Maps are listed page by page, no more than are asked for', async () => {
  const child = (n: number) => ({
    executionArn: `${CHILD}${n}`,
    stateMachineArn: undefined,
    name: `c-${n}`,
    status: 'FAILED' as const,
    startDate: new Date(n),
    stopDate: new Date(n + 1),
  });
  sfn
    .on(ListExecutionsCommand)
    .resolvesOnce({ executions: [child(1), child(2)], nextToken: 'more' })
    .resolvesOnce({ executions: [child(3), child(4)], nextToken: 'still more' });
  const children = await engine.listChildren(RUN, { status: 'FAILED', most: 3 });
  expect(children).toEqual(
    [1, 2, 3].map((n) => ({
      ref: { machine: 'tour-1_0_0/each', name: `c-${n}` },
      status: 'FAILED',
      startedAt: n,
      endedAt: n + 1,
    })),
  );
  const [first, second] = sfn.commandCalls(ListExecutionsCommand).map(({ args: [{ input }] }) => input);
  expect(first).toEqual({ mapRunArn: RUN, maxResults: 3, statusFilter: 'FAILED' });
  expect(second).toMatchObject({ nextToken: 'more' });
  sfn.on(GetExecutionHistoryCommand).resolves({ events: [] });
  await engine.history(children[0]?.ref ?? REF, 0);
  expect(sfn.commandCalls(GetExecutionHistoryCommand)[0]?.args[0].input.executionArn).toBe(`${CHILD}1`);
});

test('Map Runs are told newest first; an execution or a run that is not there has none', async () => {
  const mapRun = (name: string, at: number) => ({
    mapRunArn: name,
    executionArn: 'e',
    stateMachineArn: 's',
    startDate: new Date(at),
  });
  sfn.on(ListMapRunsCommand).resolvesOnce({ mapRuns: [mapRun('old', 1), mapRun('new', 2)] });
  expect(await engine.listMapRuns(REF)).toEqual([
    { arn: 'new', startedAt: 2 },
    { arn: 'old', startedAt: 1 },
  ]);
  sfn.on(ListMapRunsCommand).rejects(new ExecutionDoesNotExist(META));
  sfn.on(ListExecutionsCommand).rejects(new ResourceNotFound(META));
  expect(await engine.listMapRuns(REF)).toEqual([]);
  expect(await engine.listChildren(RUN, { most: 1 })).toEqual([]);
});
