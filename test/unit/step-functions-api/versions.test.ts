import {
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DeleteStateMachineAliasCommand,
  DeleteStateMachineVersionCommand,
  DescribeExecutionCommand,
  type DescribeExecutionCommandOutput,
  DescribeStateMachineAliasCommand,
  DescribeStateMachineCommand,
  ListExecutionsCommand,
  ListStateMachineAliasesCommand,
  ListStateMachineVersionsCommand,
  PublishStateMachineVersionCommand,
  StartExecutionCommand,
  UpdateStateMachineAliasCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openStepFunctions, ROLE, type StepFunctionsServer } from '#support/step-functions-server.ts';

let server: StepFunctionsServer;

const ARN = 'arn:aws:states:local:000000000000:stateMachine:m';

function pass(output: string): string {
  return JSON.stringify({
    QueryLanguage: 'JSONata',
    StartAt: 'a',
    States: { a: { Type: 'Pass', Output: output, End: true } },
  });
}

beforeEach(async () => {
  server = await openStepFunctions();
  await server.client.send(
    new CreateStateMachineCommand({ name: 'm', definition: pass('v1'), roleArn: ROLE, publish: true }),
  );
  await server.client.send(
    new UpdateStateMachineCommand({
      stateMachineArn: ARN,
      definition: pass('v2'),
      publish: true,
      versionDescription: 'two',
    }),
  );
});
afterEach(async () => {
  await server.close();
  expect(server.defects).toEqual([]);
});

function alias(
  weights: readonly (readonly [string, number])[],
  name = 'LIVE',
): CreateStateMachineAliasCommand {
  return new CreateStateMachineAliasCommand({
    name,
    routingConfiguration: weights.map(([version, weight]) => ({
      stateMachineVersionArn: `${ARN}:${version}`,
      weight,
    })),
  });
}

async function run(stateMachineArn: string): Promise<DescribeExecutionCommandOutput> {
  const { executionArn } = await server.client.send(new StartExecutionCommand({ stateMachineArn }));
  const describe = new DescribeExecutionCommand({ executionArn });
  await expect.poll(async () => (await server.client.send(describe)).status).toBe('SUCCEEDED');
  return server.client.send(describe);
}

const listVersions = new ListStateMachineVersionsCommand({ stateMachineArn: ARN });

async function versions(): Promise<(string | undefined)[]> {
  const { stateMachineVersions = [] } = await server.client.send(listVersions);
  return stateMachineVersions.map(({ stateMachineVersionArn }) =>
    stateMachineVersionArn?.slice(ARN.length + 1),
  );
}

test('versions are listed newest first, described, and run as they were published', async () => {
  expect(await versions()).toEqual(['2', '1']);
  const second = await server.client.send(new DescribeStateMachineCommand({ stateMachineArn: `${ARN}:2` }));
  expect(second).toMatchObject({
    stateMachineArn: `${ARN}:2`,
    name: 'm',
    definition: pass('v2'),
    description: 'two',
  });
  expect(second.revisionId).toMatch(/^[0-9a-f-]{36}$/);
  const first = await server.client.send(new DescribeStateMachineCommand({ stateMachineArn: `${ARN}:1` }));
  expect(first).toMatchObject({ definition: pass('v1') });
  expect(await run(`${ARN}:1`)).toMatchObject({
    output: '"v1"',
    stateMachineArn: ARN,
    stateMachineVersionArn: `${ARN}:1`,
  });
});

test('the same revision is published once, and no number is given twice', async () => {
  const publish = new PublishStateMachineVersionCommand({ stateMachineArn: ARN });
  expect(await server.client.send(publish)).toMatchObject({ stateMachineVersionArn: `${ARN}:2` });
  await server.client.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: `${ARN}:2` }));
  expect(await server.client.send(publish)).toMatchObject({ stateMachineVersionArn: `${ARN}:3` });
  expect(await versions()).toEqual(['3', '1']);
});

test('a version is published of the revision that is named, or not at all', async () => {
  const { revisionId } = await server.client.send(
    new UpdateStateMachineCommand({ stateMachineArn: ARN, definition: pass('v3') }),
  );
  const publish = (id: string | undefined): PublishStateMachineVersionCommand =>
    new PublishStateMachineVersionCommand({ stateMachineArn: ARN, revisionId: id });
  await expect(server.client.send(publish('INITIAL'))).rejects.toMatchObject({
    name: 'ConflictException',
    message: expect.stringContaining(`The current State Machine revision is ${revisionId}`),
  });
  expect(await server.client.send(publish(revisionId))).toMatchObject({ stateMachineVersionArn: `${ARN}:3` });
});

test('a version ARN cannot be updated, and one that is not there is not described', async () => {
  const update = new UpdateStateMachineCommand({ stateMachineArn: `${ARN}:2`, definition: pass('x') });
  await expect(server.client.send(update)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
  await expect(
    server.client.send(new DescribeStateMachineCommand({ stateMachineArn: `${ARN}:9` })),
  ).rejects.toMatchObject({
    name: 'StateMachineDoesNotExist',
    message: `State Machine Does Not Exist: '${ARN}:9'`,
  });
});

test('an alias leads to its version, also after the machine has changed', async () => {
  const created = await server.client.send(alias([['1', 100]]));
  expect(created).toMatchObject({ stateMachineAliasArn: `${ARN}:LIVE`, creationDate: expect.any(Date) });
  await server.client.send(new UpdateStateMachineCommand({ stateMachineArn: ARN, definition: pass('v3') }));
  expect(await run(`${ARN}:LIVE`)).toMatchObject({
    output: '"v1"',
    stateMachineVersionArn: `${ARN}:1`,
    stateMachineAliasArn: `${ARN}:LIVE`,
  });
  expect(await run(ARN)).toMatchObject({ output: '"v3"' });
});

test('an alias with two versions shares its executions out by weight', async () => {
  await server.client.send(
    alias([
      ['1', 30],
      ['2', 70],
    ]),
  );
  const random = [0, 0.29, 0.31, 0.99];
  const { catalogueRevisions } = await import('#step-functions-api/catalogue/revisions.ts');
  const revisions = catalogueRevisions(server.served.catalogue, () => random.shift() ?? 0);
  const chosen = [1, 2, 3, 4].map(() => revisions.choose('m', 'LIVE')?.revision);
  expect(chosen).toEqual(['m~1', 'm~1', 'm~2', 'm~2']);
});

test('the executions of a version and of an alias are listed apart', async () => {
  await server.client.send(alias([['2', 100]]));
  const byVersion = await run(`${ARN}:1`);
  const byAlias = await run(`${ARN}:LIVE`);
  await run(ARN);
  const listed = async (stateMachineArn: string, maxResults?: number): Promise<unknown> => {
    const command = new ListExecutionsCommand({
      stateMachineArn,
      ...(maxResults === undefined ? {} : { maxResults }),
    });
    return (await server.client.send(command)).executions?.map(({ executionArn }) => executionArn);
  };
  expect(await listed(`${ARN}:1`)).toEqual([byVersion.executionArn]);
  expect(await listed(`${ARN}:LIVE`)).toEqual([byAlias.executionArn]);
  expect(await listed(`${ARN}:2`)).toEqual([byAlias.executionArn]);
  expect(await listed(ARN)).toHaveLength(3);
  await expect(listed(`${ARN}:9`)).rejects.toMatchObject({ name: 'StateMachineDoesNotExist' });
});

test('the executions of a version go page by page, also of one status', async () => {
  const arns: (string | undefined)[] = [];
  for (let n = 0; n < 5; n++) arns.unshift((await run(`${ARN}:1`)).executionArn);
  const seen: (string | undefined)[] = [];
  let nextToken: string | undefined;
  do {
    const page: {
      executions?: { executionArn: string | undefined }[] | undefined;
      nextToken?: string | undefined;
    } = await server.client.send(
      new ListExecutionsCommand({
        stateMachineArn: `${ARN}:1`,
        statusFilter: 'SUCCEEDED',
        maxResults: 2,
        nextToken,
      }),
    );
    seen.push(...(page.executions ?? []).map(({ executionArn }) => executionArn));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(seen).toEqual(arns);
});

test('an alias is updated, described and listed', async () => {
  await server.client.send(alias([['1', 100]]));
  const stateMachineAliasArn = `${ARN}:LIVE`;
  await server.client.send(new UpdateStateMachineAliasCommand({ stateMachineAliasArn, description: 'new' }));
  const routingConfiguration = [
    { stateMachineVersionArn: `${ARN}:1`, weight: 50 },
    { stateMachineVersionArn: `${ARN}:2`, weight: 50 },
  ];
  await server.client.send(
    new UpdateStateMachineAliasCommand({ stateMachineAliasArn, routingConfiguration }),
  );
  expect(
    await server.client.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn })),
  ).toMatchObject({ stateMachineAliasArn, name: 'LIVE', description: 'new', routingConfiguration });
  await server.client.send(alias([['1', 100]], 'OLD'));
  const list = async (stateMachineArn: string): Promise<unknown> =>
    (
      await server.client.send(new ListStateMachineAliasesCommand({ stateMachineArn }))
    ).stateMachineAliases?.map((each) => each.stateMachineAliasArn);
  expect(await list(ARN)).toEqual([`${ARN}:LIVE`, `${ARN}:OLD`]);
  expect(await list(`${ARN}:2`)).toEqual([`${ARN}:LIVE`]);
  await server.client.send(new DeleteStateMachineAliasCommand({ stateMachineAliasArn }));
  await server.client.send(new DeleteStateMachineAliasCommand({ stateMachineAliasArn }));
  expect(await list(ARN)).toEqual([`${ARN}:OLD`]);
  const update = new UpdateStateMachineAliasCommand({ stateMachineAliasArn, description: 'x' });
  await expect(server.client.send(update)).rejects.toMatchObject({
    name: 'ResourceNotFound',
    message: 'Request references a resource that does not exist.',
  });
});

test('aliases are listed page by page', async () => {
  for (const name of ['a', 'b', 'c']) await server.client.send(alias([['1', 100]], name));
  const list = (nextToken?: string): ListStateMachineAliasesCommand =>
    new ListStateMachineAliasesCommand({ stateMachineArn: ARN, maxResults: 2, nextToken });
  const first = await server.client.send(list());
  expect(first.stateMachineAliases).toHaveLength(2);
  const second = await server.client.send(list(first.nextToken));
  expect(second.stateMachineAliases).toMatchObject([{ stateMachineAliasArn: `${ARN}:c` }]);
  expect(second.nextToken).toBeUndefined();
});

test('a version that an alias leads to is not deleted', async () => {
  await server.client.send(alias([['1', 100]]));
  await expect(
    server.client.send(new DeleteStateMachineVersionCommand({ stateMachineVersionArn: `${ARN}:1` })),
  ).rejects.toMatchObject({
    name: 'ConflictException',
    message:
      'Version to be deleted must not be referenced by an alias. Current list of aliases referencing this version: [LIVE]',
  });
  expect(await versions()).toEqual(['2', '1']);
});

test('the same alias again is the one that is there; another under its name is refused', async () => {
  const first = await server.client.send(alias([['1', 100]]));
  expect((await server.client.send(alias([['1', 100]]))).creationDate).toEqual(first.creationDate);
  await expect(server.client.send(alias([['2', 100]]))).rejects.toMatchObject({
    name: 'ConflictException',
    message:
      'Failed to create alias because an alias with the same name and a different routing configuration already exists.',
  });
});

test.each<[string, CreateStateMachineAliasCommand, string]>([
  [
    'weights of 99',
    alias([
      ['1', 70],
      ['2', 29],
    ]),
    'Sum of routing configuration weights must equal 100. Received: [70, 29]',
  ],
  [
    'one version twice',
    alias([
      ['1', 50],
      ['1', 50],
    ]),
    `Routing configuration must contain distinct state machine version ARNs. Received: [${ARN}:1, ${ARN}:1]`,
  ],
  [
    'an alias',
    alias([['LIVE', 100]]),
    `Routing configuration must contain state machine version ARNs. Received: [${ARN}:LIVE]`,
  ],
  [
    'a name of digits',
    alias([['1', 100]], '123'),
    "1 validation error detected: Value '123' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^(?=.*[a-zA-Z_\\-.])[a-zA-Z0-9_\\-.]+$",
  ],
  [
    'a weight of 101',
    alias([['1', 101]]),
    "1 validation error detected: Value '101' at 'routingConfiguration.1.member.weight' failed to satisfy constraint: Member must have value less than or equal to 100",
  ],
])('an alias with %s is refused', async (_title, command, message) => {
  await expect(server.client.send(command)).rejects.toMatchObject({ name: 'ValidationException', message });
});

test('an alias to a version that is not there is refused', async () => {
  await expect(server.client.send(alias([['9', 100]]))).rejects.toMatchObject({ name: 'ResourceNotFound' });
});
