import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  type DescribeMapRunCommandOutput,
  DescribeStateMachineForExecutionCommand,
  GetExecutionHistoryCommand,
  type HistoryEvent,
  ListExecutionsCommand,
  type ListExecutionsCommandInput,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  SendTaskFailureCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  StopExecutionCommand,
  UpdateMapRunCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { Database } from '#storage/database.ts';
import { openStepFunctions, ROLE, type StepFunctionsServer } from '#support/step-functions-server.ts';

const PREFIX = 'arn:aws:states:local:000000000000';
const MACHINE = `${PREFIX}:stateMachine:m`;

let folder: string;
let server: StepFunctionsServer;
/** Tokens of the items that ask, by the item. */
const asked = new Map<string, string>();

const open = (): Promise<StepFunctionsServer> =>
  openStepFunctions({
    database: new Database(join(folder, 'stepwright.db')),
    functions: {
      Ask: async (payload: Json) => {
        const [item, token] = Object.values(Object(payload));
        asked.set(String(item), String(token));
        return null;
      },
    },
  });

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-map-runs-'));
  asked.clear();
  server = await open();
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
  expect(server.defects).toEqual([]);
});

/** Asks for what an item gives. */
const ASK = {
  Type: 'Task',
  Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
  Arguments: {
    FunctionName: 'arn:aws:lambda:local:000000000000:function:Ask',
    Payload: { item: '{% $states.input %}', token: '{% $states.context.Task.Token %}' },
  },
  End: true,
};

function mapOf(more: object = {}, work: object = ASK, config: object = {}): object {
  const ProcessorConfig = { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD', ...config };
  const ItemProcessor = { ProcessorConfig, StartAt: 'work', States: { work } };
  return { Type: 'Map', Label: 'each', ItemProcessor, End: true, ...more };
}

const definitionOf = (states: object): string =>
  JSON.stringify({ QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states });

async function start(states: object, input: Json): Promise<string> {
  const definition = definitionOf(states);
  await server.client.send(new CreateStateMachineCommand({ name: 'm', definition, roleArn: ROLE }));
  return startAgain(input);
}

async function startAgain(input: Json): Promise<string> {
  const { executionArn = '' } = await server.client.send(
    new StartExecutionCommand({ stateMachineArn: MACHINE, input: JSON.stringify(input) }),
  );
  return executionArn;
}

async function runOf(executionArn: string): Promise<string> {
  await expect
    .poll(async () => (await server.client.send(new ListMapRunsCommand({ executionArn }))).mapRuns)
    .toHaveLength(1);
  const { mapRuns = [] } = await server.client.send(new ListMapRunsCommand({ executionArn }));
  return mapRuns[0]?.mapRunArn ?? '';
}

const describeRun = (mapRunArn: string): Promise<DescribeMapRunCommandOutput> =>
  server.client.send(new DescribeMapRunCommand({ mapRunArn }));

const ended = (executionArn: string, status: string): Promise<void> =>
  expect
    .poll(async () => (await server.client.send(new DescribeExecutionCommand({ executionArn }))).status)
    .toBe(status);

async function answer(item: string, output: Json): Promise<void> {
  await expect.poll(() => asked.has(item)).toBe(true);
  const taskToken = asked.get(item);
  asked.delete(item);
  await server.client.send(new SendTaskSuccessCommand({ taskToken, output: JSON.stringify(output) }));
}

async function fail(item: string): Promise<void> {
  await expect.poll(() => asked.has(item)).toBe(true);
  const taskToken = asked.get(item);
  asked.delete(item);
  await server.client.send(new SendTaskFailureCommand({ taskToken, error: 'Broken' }));
}

const history = async (executionArn: string): Promise<HistoryEvent[]> =>
  (await server.client.send(new GetExecutionHistoryCommand({ executionArn }))).events ?? [];

const typesOf = async (executionArn: string): Promise<(string | undefined)[]> =>
  (await history(executionArn)).map(({ type }) => type);

const children = async (query: ListExecutionsCommandInput) =>
  (await server.client.send(new ListExecutionsCommand(query))).executions ?? [];

test('a Map Run is listed and described by the items and the executions it had', async () => {
  const states = {
    each: mapOf(
      { ItemBatcher: { MaxItemsPerBatch: 2 }, MaxConcurrency: 3, ToleratedFailurePercentage: 50.5 },
      { Type: 'Pass', End: true },
    ),
  };
  const executionArn = await start(states, [1, 2, 3, 4, 5]);
  await ended(executionArn, 'SUCCEEDED');
  const mapRunArn = await runOf(executionArn);
  expect(mapRunArn).toMatch(/^arn:aws:states:local:000000000000:mapRun:m\/each:[\da-f-]{36}$/);
  const { mapRuns } = await server.client.send(new ListMapRunsCommand({ executionArn }));
  const times = { startDate: expect.any(Date), stopDate: expect.any(Date) };
  expect(mapRuns).toEqual([{ ...times, executionArn, mapRunArn, stateMachineArn: `${MACHINE}/each` }]);
  const none = { aborted: 0, failed: 0, pending: 0, running: 0, timedOut: 0 };
  const { $metadata: _metadata, ...described } = await describeRun(mapRunArn);
  expect(described).toEqual({
    ...{ ...times, executionArn, mapRunArn, status: 'SUCCEEDED', redriveCount: 0 },
    ...{ maxConcurrency: 3, toleratedFailureCount: 0, toleratedFailurePercentage: 50.5 },
    itemCounts: { ...none, succeeded: 5, total: 5, resultsWritten: 5 },
    executionCounts: { ...none, succeeded: 3, total: 3, resultsWritten: 3 },
  });
});

test('its children are listed by it alone, page by page, and say what they are', async () => {
  const states = { each: mapOf({}, { Type: 'Pass', End: true }) };
  const runs: string[] = [];
  for (const executionArn of [await start(states, ['a', 'b', 'c']), await startAgain(['d'])]) {
    await ended(executionArn, 'SUCCEEDED');
    runs.push(await runOf(executionArn));
  }
  const [mapRunArn = '', other] = runs;
  expect(await children({ mapRunArn: other })).toHaveLength(1);
  const page = await server.client.send(new ListExecutionsCommand({ mapRunArn, maxResults: 2 }));
  expect(page.executions).toMatchObject([
    { mapRunArn, itemCount: 1, status: 'SUCCEEDED', stateMachineArn: `${MACHINE}/each`, redriveCount: 0 },
    { mapRunArn },
  ]);
  const [first, ...more] = await children({ mapRunArn, nextToken: page.nextToken });
  expect(more).toEqual([]);
  expect(await children({ mapRunArn, statusFilter: 'FAILED' })).toEqual([]);
  const { executionArn } = first ?? {};
  expect(executionArn).toMatch(/:execution:m\/each:[\da-f-]{36}-0$/);
  const described = await server.client.send(new DescribeExecutionCommand({ executionArn }));
  expect(described).toMatchObject({ mapRunArn, input: '"a"', output: '"a"' });
  expect(
    await server.client.send(new DescribeStateMachineForExecutionCommand({ executionArn })),
  ).toMatchObject({ mapRunArn, label: 'each', definition: definitionOf(states) });
});

test('a changed limit takes effect at once, and outlives the process', async () => {
  const executionArn = await start({ each: mapOf({ MaxConcurrency: 1 }) }, ['a', 'b', 'c', 'd']);
  const mapRunArn = await runOf(executionArn);
  await expect.poll(() => asked.size).toBe(1);
  expect(await describeRun(mapRunArn)).toMatchObject({
    executionCounts: { running: 1, pending: 3, total: 4 },
  });
  await server.client.send(new UpdateMapRunCommand({ mapRunArn, maxConcurrency: 3 }));
  await expect.poll(() => [...asked.keys()]).toEqual(['a', 'b', 'c']);
  await server.close();
  asked.clear();
  server = await open();
  await expect.poll(() => [...asked.keys()].toSorted()).toEqual(['a', 'b', 'c']);
  expect(await describeRun(mapRunArn)).toMatchObject({
    ...{ status: 'RUNNING', maxConcurrency: 3 },
    itemCounts: { running: 3, pending: 1 },
  });
  for (const item of ['c', 'a', 'd', 'b']) await answer(item, `${item} done`);
  await ended(executionArn, 'SUCCEEDED');
  const { output } = await server.client.send(new DescribeExecutionCommand({ executionArn }));
  expect(JSON.parse(output ?? '')).toEqual(['a done', 'b done', 'c done', 'd done']);
  expect(await typesOf(executionArn)).not.toContain('MapRunRedriven');
  await expect(
    server.client.send(new UpdateMapRunCommand({ mapRunArn, maxConcurrency: 1 })),
  ).rejects.toMatchObject({ name: 'ValidationException' });
});

test('a changed tolerance fails at once a run that has more failures', async () => {
  const executionArn = await start({ each: mapOf({ ToleratedFailureCount: 2 }) }, ['a', 'b', 'c']);
  const mapRunArn = await runOf(executionArn);
  await fail('a');
  await expect.poll(async () => (await describeRun(mapRunArn)).itemCounts?.failed).toBe(1);
  await server.client.send(new UpdateMapRunCommand({ mapRunArn, toleratedFailureCount: 0 }));
  await ended(executionArn, 'FAILED');
  expect(await describeRun(mapRunArn)).toMatchObject({
    ...{ status: 'FAILED', toleratedFailureCount: 0 },
    executionCounts: { failed: 1, aborted: 2, resultsWritten: 0 },
  });
});

test('a redriven run runs again what failed in it and nothing else, also after a crash', async () => {
  const executionArn = await start({ each: mapOf() }, ['a', 'b', 'c']);
  const mapRunArn = await runOf(executionArn);
  await answer('a', 'first');
  await fail('b');
  await ended(executionArn, 'FAILED');
  asked.clear();

  await server.client.send(new RedriveExecutionCommand({ executionArn }));
  await expect.poll(() => [...asked.keys()].toSorted()).toEqual(['b', 'c']);
  expect(await describeRun(mapRunArn)).toMatchObject({
    ...{ status: 'RUNNING', redriveCount: 1, redriveDate: expect.any(Date) },
    itemCounts: { succeeded: 1, running: 2, failed: 0, pendingRedrive: 0 },
  });
  await fail('b');
  await ended(executionArn, 'FAILED');
  await server.client.send(new RedriveExecutionCommand({ executionArn }));
  await expect.poll(() => asked.has('b')).toBe(true);
  await server.close();
  asked.clear();
  server = await open();
  await answer('b', 'second');
  await answer('c', 'third');
  await ended(executionArn, 'SUCCEEDED');

  const described = await server.client.send(new DescribeExecutionCommand({ executionArn }));
  expect(JSON.parse(described.output ?? '')).toEqual(['first', 'second', 'third']);
  const events = await history(executionArn);
  expect(events.filter(({ type }) => type?.startsWith('MapRun')).map(({ type }) => type)).toEqual([
    ...[
      'MapRunStarted',
      'MapRunFailed',
      'MapRunRedriven',
      'MapRunFailed',
      'MapRunRedriven',
      'MapRunSucceeded',
    ],
  ]);
  expect(events.findLast(({ type }) => type === 'MapRunRedriven')).toMatchObject({
    mapRunRedrivenEventDetails: { mapRunArn, redriveCount: 2 },
  });
  expect(await describeRun(mapRunArn)).toMatchObject({
    ...{ status: 'SUCCEEDED', redriveCount: 2 },
    executionCounts: { succeeded: 3, total: 3, failed: 0, aborted: 0 },
  });
  expect(await children({ mapRunArn, redriveFilter: 'NOT_REDRIVEN' })).toHaveLength(1);
  const again = await children({ mapRunArn, redriveFilter: 'REDRIVEN' });
  expect(again.map(({ redriveCount }) => redriveCount)).toEqual([2, 2]);
});

test('a child that fails again after a crash is not redriven once more by the same redrive', async () => {
  const executionArn = await start({ each: mapOf({ ToleratedFailureCount: 1 }) }, ['a', 'b']);
  await fail('a');
  await fail('b');
  await ended(executionArn, 'FAILED');
  await server.client.send(new RedriveExecutionCommand({ executionArn }));
  await fail('a');
  const mapRunArn = await runOf(executionArn);
  await expect.poll(async () => (await describeRun(mapRunArn)).itemCounts?.failed).toBe(1);
  await server.close();
  asked.clear();
  server = await open();
  await answer('b', 'done');
  await ended(executionArn, 'SUCCEEDED');
  expect(asked.size).toBe(0);
  expect(await describeRun(mapRunArn)).toMatchObject({ itemCounts: { failed: 1, succeeded: 1 } });
});

test('a run is aborted when its execution is stopped, and its children with it', async () => {
  const executionArn = await start({ each: mapOf({ MaxConcurrency: 1 }) }, ['a', 'b']);
  const mapRunArn = await runOf(executionArn);
  await expect.poll(() => asked.has('a')).toBe(true);
  await server.client.send(new StopExecutionCommand({ executionArn }));
  expect((await typesOf(executionArn)).slice(-3)).toEqual([
    ...['MapRunStarted', 'MapRunAborted', 'ExecutionAborted'],
  ]);
  await expect
    .poll(() => describeRun(mapRunArn))
    .toMatchObject({ status: 'ABORTED', itemCounts: { aborted: 1, pending: 1, running: 0 } });
  await server.client.send(new RedriveExecutionCommand({ executionArn }));
  asked.delete('a');
  await answer('a', 1);
  await answer('b', 2);
  await ended(executionArn, 'SUCCEEDED');
});

test('children run what their parent began with, also when the machine was changed meanwhile', async () => {
  const states = (said: string): object => ({
    wait: { ...ASK, End: undefined, Next: 'each', Output: ['x', 'y'] },
    each: mapOf({}, { ...ASK, Output: said }),
  });
  const executionArn = await start(states('old'), 'go');
  await expect.poll(() => asked.has('go')).toBe(true);
  await server.client.send(
    new UpdateStateMachineCommand({ stateMachineArn: MACHINE, definition: definitionOf(states('new')) }),
  );
  await answer('go', null);
  await expect.poll(() => asked.size).toBe(2);
  await server.close();
  asked.clear();
  server = await open();
  await answer('x', null);
  await answer('y', null);
  await ended(executionArn, 'SUCCEEDED');
  const { output } = await server.client.send(new DescribeExecutionCommand({ executionArn }));
  expect(output).toBe('["old","old"]');
});

test('children of type EXPRESS run as others do', async () => {
  const states = { each: mapOf({}, { Type: 'Pass', End: true }, { ExecutionType: 'EXPRESS' }) };
  const executionArn = await start(states, [1, 2]);
  await ended(executionArn, 'SUCCEEDED');
  expect(await describeRun(await runOf(executionArn))).toMatchObject({ executionCounts: { succeeded: 2 } });
});
