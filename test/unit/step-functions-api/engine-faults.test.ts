import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  GetExecutionHistoryCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
  StartSyncExecutionCommand,
  TestStateCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalogueRevisions, TEST_MACHINE } from '#step-functions-api/catalogue/revisions.ts';
import {
  clientOf,
  openStepFunctions,
  ROLE,
  type StepFunctionsServer,
} from '#support/step-functions-server.ts';

let server: StepFunctionsServer;

beforeEach(async () => {
  server = await openStepFunctions();
});
afterEach(() => server.close());

const PREFIX = 'arn:aws:states:local:000000000000';
const arn = (name: string): string => `${PREFIX}:stateMachine:${name}`;
const machine = (state: object, more: object = {}): string =>
  JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'a', States: { a: state }, ...more });
const PASS = machine({ Type: 'Pass', End: true });
const WAIT = machine({ Type: 'Wait', Seconds: 3_600, End: true });

async function create(name: string, definition: string, more: object = {}): Promise<void> {
  await server.client.send(new CreateStateMachineCommand({ name, definition, roleArn: ROLE, ...more }));
}

test('an engine that is shutting down is unavailable, and the SDK may try again', async () => {
  await create('m', PASS);
  server.engine.close();
  await expect(
    server.client.send(new StartExecutionCommand({ stateMachineArn: arn('m') })),
  ).rejects.toMatchObject({ name: 'ServiceUnavailableException', $metadata: { httpStatusCode: 503 } });
  expect(server.defects).toEqual([]);
});

test('a start that is one too many is refused as on AWS, and so is a redrive', async () => {
  let used = 0;
  const memory = { limitBytes: 100, usedBytes: () => used };
  await using full = await openStepFunctions({ admission: { memory } });
  const start = (name: string) =>
    full.client.send(new StartExecutionCommand({ stateMachineArn: arn('m'), name }));
  const definition = machine({ Type: 'Fail', Error: 'No' });
  await full.client.send(new CreateStateMachineCommand({ name: 'm', definition, roleArn: ROLE }));
  const { executionArn } = await start('first');
  await full.engine.whenEnded({ machine: 'm', name: 'first' });
  used = 95;
  await expect(start('second')).rejects.toMatchObject({
    name: 'ExecutionLimitExceeded',
    $metadata: { httpStatusCode: 400 },
    message: expect.stringContaining('memory is short'),
  });
  await expect(full.client.send(new RedriveExecutionCommand({ executionArn }))).rejects.toMatchObject({
    name: expect.stringMatching(/^ExecutionLimitExceeded$|^ExecutionNotRedrivable$/),
  });
  await expect(
    full.client.send(new DescribeExecutionCommand({ executionArn: `${executionArn}x` })),
  ).rejects.toMatchObject({ name: 'ExecutionDoesNotExist' });
  expect(full.defects).toEqual([]);
});

test('an input of too many bytes is refused, also where its characters are few enough', async () => {
  await create('m', PASS);
  const input = JSON.stringify('ä'.repeat(200_000));
  await expect(
    server.client.send(new StartExecutionCommand({ stateMachineArn: arn('m'), input })),
  ).rejects.toMatchObject({ name: 'ValidationException', message: expect.stringContaining('262144') });
});

test('a defect is reported, and the client sees nothing of it', async () => {
  server.served.catalogue.machines.find = () => {
    throw new Error('secret details');
  };
  const sent = server.client.send(new DescribeStateMachineCommand({ stateMachineArn: arn('m') }));
  await expect(sent).rejects.toMatchObject({
    ...{ name: 'InternalFailure', message: expect.not.stringContaining('secret') },
    $metadata: { httpStatusCode: 500 },
  });
  expect(server.defects).toMatchObject([{ message: 'secret details' }]);
});

test('closing the server gives a synchronous execution up, which goes on', async () => {
  await create('m', WAIT, { type: 'EXPRESS' });
  const client = clientOf(server.url);
  const sync = client.send(new StartSyncExecutionCommand({ stateMachineArn: arn('m') }));
  const refused = expect(sync).rejects.toMatchObject({ name: 'ServiceUnavailableException' });
  await expect.poll(() => server.engine.running).toBe(1);
  await server.close();
  await refused;
  client.destroy();
});

test('a test that nobody waits for any more is stopped', async () => {
  const gone = new AbortController();
  const definition = JSON.stringify({ QueryLanguage: 'JSONata', Type: 'Wait', Seconds: 3_600, End: true });
  const tested = server.client.send(new TestStateCommand({ definition }), { abortSignal: gone.signal });
  await expect.poll(() => server.engine.running).toBe(1);
  gone.abort();
  await expect(tested).rejects.toMatchObject({ name: 'AbortError' });
  await expect.poll(() => server.engine.running).toBe(0);
  const { sqlite } = server.served.catalogue.database;
  const left = () =>
    sqlite.prepare('SELECT count(*) AS n FROM sfn_revisions WHERE machine = ?').get(TEST_MACHINE);
  await expect.poll(left).toEqual({ n: 0 });
  expect(server.defects).toEqual([]);
});

test('an express execution that is only started is named by an express ARN', async () => {
  await create('m', PASS, { type: 'EXPRESS' });
  const { executionArn } = await server.client.send(
    new StartExecutionCommand({ stateMachineArn: arn('m'), name: 'x' }),
  );
  expect(executionArn).toMatch(new RegExp(`^${PREFIX}:express:m:x:[0-9a-f-]{36}$`));
});

test('an express execution ends after five minutes, or sooner where its machine says so', async () => {
  await create('long', PASS, { type: 'EXPRESS' });
  await create('short', machine({ Type: 'Pass', End: true }, { TimeoutSeconds: 7 }), { type: 'EXPRESS' });
  await create('standard', PASS);
  const revisions = catalogueRevisions(server.served.catalogue, Math.random);
  const limits = ['long~1', 'short~2', 'standard~3'].map(
    (name) => revisions.definition(name)?.['TimeoutSeconds'],
  );
  expect(limits).toEqual([300, 7, undefined]);
});

test('a child is started by the ARN of a version or alias, and sees its own ARN in its context', async () => {
  const child = (output: string): string => machine({ Type: 'Pass', Output: output, End: true });
  await create('child', child('{% $states.context.Execution.Id %}'), { publish: true });
  await server.client.send(
    new CreateStateMachineAliasCommand({
      name: 'LIVE',
      routingConfiguration: [{ stateMachineVersionArn: `${arn('child')}:1`, weight: 100 }],
    }),
  );
  await server.client.send(
    new UpdateStateMachineCommand({ stateMachineArn: arn('child'), definition: child('current') }),
  );
  const call = (qualifier: string): object => ({
    Type: 'Task',
    Resource: 'arn:aws:states:::states:startExecution.sync:2',
    Arguments: { StateMachineArn: `${arn('child')}${qualifier}`, Name: `by${qualifier.replace(':', '-')}` },
    Output: '{% $states.result.Output %}',
  });
  const states = {
    a: { ...call(':1'), Assign: { first: '{% $states.result.Output %}' }, Next: 'b' },
    b: { ...call(':LIVE'), Assign: { second: '{% $states.result.Output %}' }, Next: 'c' },
    c: { ...call(''), Output: '{% [$first, $second, $states.result.Output] %}', End: true },
  };
  await create('parent', JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'a', States: states }));
  const { executionArn } = await server.client.send(
    new StartExecutionCommand({ stateMachineArn: arn('parent') }),
  );
  const describe = new DescribeExecutionCommand({ executionArn });
  await expect.poll(async () => (await server.client.send(describe)).status).toBe('SUCCEEDED');
  expect(JSON.parse((await server.client.send(describe)).output ?? '')).toEqual([
    `${PREFIX}:execution:child:by-1`,
    `${PREFIX}:execution:child:by-LIVE`,
    'current',
  ]);
  const byAlias = `${PREFIX}:execution:child:by-LIVE`;
  const { events = [] } = await server.client.send(
    new GetExecutionHistoryCommand({ executionArn: byAlias, maxResults: 1 }),
  );
  expect(events[0]?.executionStartedEventDetails).toMatchObject({
    stateMachineVersionArn: `${arn('child')}:1`,
    stateMachineAliasArn: `${arn('child')}:LIVE`,
  });
});

test('logging is kept as it was sent', async () => {
  const loggingConfiguration = {
    ...{ level: 'ERROR' as const, includeExecutionData: true },
    destinations: [
      { cloudWatchLogsLogGroup: { logGroupArn: 'arn:aws:logs:eu-central-1:123456789012:log-group:x:*' } },
    ],
  };
  await create('m', PASS, { loggingConfiguration });
  expect(
    await server.client.send(new DescribeStateMachineCommand({ stateMachineArn: arn('m') })),
  ).toMatchObject({ loggingConfiguration });
  const off = new UpdateStateMachineCommand({
    stateMachineArn: arn('m'),
    loggingConfiguration: { level: 'OFF' },
  });
  expect((await server.client.send(off)).revisionId).toBeDefined();
});
