import {
  CreateStateMachineCommand,
  type CreateStateMachineCommandInput,
  DeleteStateMachineCommand,
  DescribeExecutionCommand,
  DescribeStateMachineCommand,
  DescribeStateMachineForExecutionCommand,
  ListStateMachinesCommand,
  ListTagsForResourceCommand,
  paginateListStateMachines,
  StartExecutionCommand,
  StopExecutionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStepFunctions, ROLE, type StepFunctionsServer } from '#support/step-functions-server.ts';

let server: StepFunctionsServer;

beforeEach(async () => {
  server = await openStepFunctions();
});
afterEach(async () => {
  await server.close();
  expect(server.defects).toEqual([]);
});

const ARN = 'arn:aws:states:local:000000000000:stateMachine:orders';

function pass(output: string): string {
  return JSON.stringify({
    QueryLanguage: 'JSONata',
    StartAt: 'a',
    States: { a: { Type: 'Pass', Output: output, End: true } },
  });
}

const WAIT = JSON.stringify({
  QueryLanguage: 'JSONata',
  StartAt: 'w',
  States: { w: { Type: 'Wait', Seconds: 3_600, End: true } },
});

function create(more: Partial<CreateStateMachineCommandInput> = {}): CreateStateMachineCommand {
  return new CreateStateMachineCommand({ name: 'orders', definition: pass('1'), roleArn: ROLE, ...more });
}

test('a machine is described as it was created', async () => {
  const created = await server.client.send(create());
  expect(created).toMatchObject({ stateMachineArn: ARN, creationDate: expect.any(Date) });
  const described = await server.client.send(new DescribeStateMachineCommand({ stateMachineArn: ARN }));
  expect(described).toMatchObject({
    ...{ stateMachineArn: ARN, name: 'orders', status: 'ACTIVE', type: 'STANDARD', roleArn: ROLE },
    ...{ definition: pass('1'), creationDate: created.creationDate },
    loggingConfiguration: { level: 'OFF', includeExecutionData: false },
    tracingConfiguration: { enabled: false },
  });
  expect(described.revisionId).toBeUndefined();
});

test('the same machine again is the one that is there, with whatever role and tags', async () => {
  const first = await server.client.send(create());
  const again = await server.client.send(create({ roleArn: `${ROLE}-2`, tags: [{ key: 'k', value: 'v' }] }));
  expect(again.creationDate).toEqual(first.creationDate);
  expect(await server.client.send(new DescribeStateMachineCommand({ stateMachineArn: ARN }))).toMatchObject({
    roleArn: ROLE,
  });
});

test.each<[string, Partial<CreateStateMachineCommandInput>]>([
  ['definition', { definition: pass('2') }],
  ['white space in the definition', { definition: `${pass('1')} ` }],
  ['type', { type: 'EXPRESS' }],
  ['tracing', { tracingConfiguration: { enabled: true } }],
  ['published version', { publish: true }],
])('another %s under the same name is refused', async (_title, more) => {
  await server.client.send(create());
  await expect(server.client.send(create(more))).rejects.toMatchObject({
    name: 'StateMachineAlreadyExists',
    message: `State Machine Already Exists: '${ARN}'`,
  });
});

test.each<[string, Partial<CreateStateMachineCommandInput>, string, RegExp]>([
  ['a name with a space', { name: 'a b' }, 'InvalidName', /^Invalid Name: 'a b'$/],
  ['a name with a control character', { name: 'a\u0000b' }, 'InvalidName', /^Invalid Name/],
  [
    'a name of 81 characters',
    { name: 'n'.repeat(81) },
    'ValidationException',
    /at 'name' .* length less than or equal to 80$/,
  ],
  ['a role that is none', { roleArn: 'me' }, 'InvalidArn', /^Invalid Role Arn: 'me'$/],
  [
    'a description of no version',
    { versionDescription: 'x' },
    'ValidationException',
    /^Version description can only be set when publish is true$/,
  ],
  [
    'logs to nowhere',
    { loggingConfiguration: { level: 'ALL' } },
    'InvalidLoggingConfiguration',
    /exactly one Log Destination/,
  ],
  [
    'a key of its own',
    { encryptionConfiguration: { type: 'CUSTOMER_MANAGED_KMS_KEY', kmsKeyId: 'k' } },
    'InvalidEncryptionConfiguration',
    /KMS/,
  ],
  [
    '51 tags',
    { tags: Array.from({ length: 51 }, (_, n) => ({ key: `k${n}`, value: '' })) },
    'TooManyTags',
    /50/,
  ],
  [
    'a definition that is no JSON',
    { definition: 'not a definition' },
    'InvalidDefinition',
    /INVALID_JSON_DESCRIPTION: Unrecognized token 'not'/,
  ],
  [
    'a definition without states',
    { definition: '{"StartAt":"a"}' },
    'InvalidDefinition',
    /^Invalid State Machine Definition: 'SCHEMA_VALIDATION_FAILED: These fields are required: \[States\] at \/'$/,
  ],
  [
    'a state to go to that is not there',
    { definition: pass('1').replace('"End":true', '"Next":"b"') },
    'InvalidDefinition',
    /MISSING_TRANSITION_TARGET: Missing 'Next' target: b at \/States\/a\/Next/,
  ],
])('%s is refused', async (_title, more, name, message) => {
  await expect(server.client.send(create(more))).rejects.toMatchObject({
    name,
    message: expect.stringMatching(message),
  });
  expect((await server.client.send(new ListStateMachinesCommand({}))).stateMachines).toEqual([]);
});

test('a change makes a revision, and executions keep the one they began with', async () => {
  await server.client.send(create({ definition: WAIT }));
  const { executionArn } = await server.client.send(
    new StartExecutionCommand({ stateMachineArn: ARN, name: 'before' }),
  );
  const updated = await server.client.send(
    new UpdateStateMachineCommand({ stateMachineArn: ARN, definition: pass('2') }),
  );
  expect(updated.revisionId).toMatch(/^[0-9a-f-]{36}$/);
  const described = await server.client.send(new DescribeStateMachineCommand({ stateMachineArn: ARN }));
  expect(described).toMatchObject({ definition: pass('2'), revisionId: updated.revisionId });
  const ofExecution = await server.client.send(new DescribeStateMachineForExecutionCommand({ executionArn }));
  expect(ofExecution).toMatchObject({
    stateMachineArn: ARN,
    name: 'orders',
    definition: WAIT,
    roleArn: ROLE,
  });
  const after = await server.client.send(new StartExecutionCommand({ stateMachineArn: ARN, name: 'after' }));
  await expect
    .poll(() => server.client.send(new DescribeExecutionCommand({ executionArn: after.executionArn })))
    .toMatchObject({ status: 'SUCCEEDED', output: '"2"' });
});

test('an update that changes nothing makes no revision, and one of nothing is refused', async () => {
  await server.client.send(create());
  const same = new UpdateStateMachineCommand({ stateMachineArn: ARN, definition: pass('1'), roleArn: ROLE });
  expect((await server.client.send(same)).revisionId).toBeUndefined();
  await expect(
    server.client.send(new UpdateStateMachineCommand({ stateMachineArn: ARN })),
  ).rejects.toMatchObject({ name: 'MissingRequiredParameter' });
});

test('a machine whose executions run is gone when they have ended', async () => {
  await server.client.send(create({ definition: WAIT }));
  const { executionArn } = await server.client.send(new StartExecutionCommand({ stateMachineArn: ARN }));
  await server.client.send(new DeleteStateMachineCommand({ stateMachineArn: ARN }));
  const describe = new DescribeStateMachineCommand({ stateMachineArn: ARN });
  expect(await server.client.send(describe)).toMatchObject({ status: 'DELETING' });
  await expect(server.client.send(new StartExecutionCommand({ stateMachineArn: ARN }))).rejects.toMatchObject(
    { name: 'StateMachineDeleting' },
  );
  await expect(server.client.send(create({ definition: WAIT }))).rejects.toMatchObject({
    name: 'StateMachineDeleting',
  });
  await server.client.send(new StopExecutionCommand({ executionArn }));
  await expect(server.client.send(describe)).rejects.toMatchObject({
    name: 'StateMachineDoesNotExist',
    message: `State Machine Does Not Exist: '${ARN}'`,
  });
  expect(
    await server.client.send(new DescribeStateMachineForExecutionCommand({ executionArn })),
  ).toMatchObject({ definition: WAIT });
  await server.client.send(create());
});

test('deleting what is not there is no error', async () => {
  const deleted = await server.client.send(new DeleteStateMachineCommand({ stateMachineArn: ARN }));
  expect(deleted.$metadata.httpStatusCode).toBe(200);
});

test('a list goes page by page, and a token of another list is refused', async () => {
  const names = ['e', 'd', 'c', 'b', 'a'];
  for (const name of names) await server.client.send(create({ name }));
  const pages = [];
  for await (const page of paginateListStateMachines({ client: server.client, pageSize: 2 }, {})) {
    pages.push((page.stateMachines ?? []).map(({ name }) => name));
  }
  expect(pages.map(({ length }) => length)).toEqual([2, 2, 1]);
  expect(pages.flat().toSorted()).toEqual(names.toSorted());
  await expect(
    server.client.send(new ListStateMachinesCommand({ nextToken: 'bm9uZQ' })),
  ).rejects.toMatchObject({ name: 'InvalidToken', message: "Invalid Token: 'Invalid token'" });
});

test('machines of the engine itself are listed, described and run, and never changed', async () => {
  await server.engine.deploy({
    name: 'own',
    definition: { QueryLanguage: 'JSONata', StartAt: 'a', States: { a: { Type: 'Pass', End: true } } },
  });
  const own = ARN.replace('orders', 'own');
  const { stateMachines } = await server.client.send(new ListStateMachinesCommand({}));
  expect(stateMachines).toMatchObject([{ stateMachineArn: own, name: 'own', type: 'STANDARD' }]);
  const { definition } = await server.client.send(new DescribeStateMachineCommand({ stateMachineArn: own }));
  expect(JSON.parse(definition ?? '')).toMatchObject({ StartAt: 'a' });
  const { executionArn } = await server.client.send(new StartExecutionCommand({ stateMachineArn: own }));
  await expect
    .poll(() => server.client.send(new DescribeExecutionCommand({ executionArn })))
    .toMatchObject({ status: 'SUCCEEDED' });
  expect(
    await server.client.send(new DescribeStateMachineForExecutionCommand({ executionArn })),
  ).toMatchObject({ stateMachineArn: own, definition });
  const update = new UpdateStateMachineCommand({ stateMachineArn: own, definition: pass('1') });
  await expect(server.client.send(update)).rejects.toMatchObject({ name: 'ConflictException' });
  await expect(
    server.client.send(new DeleteStateMachineCommand({ stateMachineArn: own })),
  ).rejects.toMatchObject({ name: 'ValidationException' });
  await expect(server.client.send(create({ name: 'own' }))).rejects.toMatchObject({
    name: 'StateMachineAlreadyExists',
  });
});

test('the engine takes no machine of its own under the name of one that changes', async () => {
  await server.client.send(create());
  const definition = { QueryLanguage: 'JSONata', StartAt: 'a', States: { a: { Type: 'Pass', End: true } } };
  await expect(server.engine.deploy({ name: 'orders', definition })).rejects.toMatchObject({
    code: 'SW4012',
  });
  expect(server.engine.definition('orders')).toBeUndefined();
});

test('tags are kept by key, and go with their machine', async () => {
  await server.client.send(create({ tags: [{ key: 'b', value: '1' }] }));
  const tag = (key: string, value: string): TagResourceCommand =>
    new TagResourceCommand({ resourceArn: ARN, tags: [{ key, value }] });
  await server.client.send(tag('a', '2'));
  await server.client.send(tag('b', '3'));
  const list = new ListTagsForResourceCommand({ resourceArn: ARN });
  expect((await server.client.send(list)).tags).toEqual([
    { key: 'a', value: '2' },
    { key: 'b', value: '3' },
  ]);
  await server.client.send(new UntagResourceCommand({ resourceArn: ARN, tagKeys: ['a', 'none'] }));
  expect((await server.client.send(list)).tags).toEqual([{ key: 'b', value: '3' }]);
  await server.client.send(new DeleteStateMachineCommand({ stateMachineArn: ARN }));
  await expect(server.client.send(list)).rejects.toMatchObject({
    name: 'ResourceNotFound',
    message: `Resource not found: '${ARN}'`,
  });
  await server.client.send(create());
  expect((await server.client.send(list)).tags).toEqual([]);
});

test.each([
  ['not_a_valid_arn', "Invalid Arn: 'Invalid ARN prefix: not_a_valid_arn'"],
  [
    'arn:aws:lambda:local:000000000000:function:f',
    "Invalid Arn: 'Service not valid in this context: lambda'",
  ],
  [
    'arn:aws:states:local:000000000000:activity:a',
    "Invalid Arn: 'Resource type not valid in this context: activity'",
  ],
])('the ARN %s names no machine', async (stateMachineArn, message) => {
  await expect(
    server.client.send(new DescribeStateMachineCommand({ stateMachineArn })),
  ).rejects.toMatchObject({ name: 'InvalidArn', message });
});

test('an ARN of any region and account names the machine', async () => {
  await server.client.send(create());
  const elsewhere = 'arn:aws:states:us-east-1:123456789012:stateMachine:orders';
  expect(
    await server.client.send(new DescribeStateMachineCommand({ stateMachineArn: elsewhere })),
  ).toMatchObject({ stateMachineArn: ARN });
});
