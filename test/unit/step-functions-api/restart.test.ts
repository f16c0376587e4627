import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CreateActivityCommand,
  CreateStateMachineAliasCommand,
  CreateStateMachineCommand,
  DescribeActivityCommand,
  DescribeExecutionCommand,
  DescribeStateMachineAliasCommand,
  DescribeStateMachineForExecutionCommand,
  ListExecutionsCommand,
  ListTagsForResourceCommand,
  SendTaskSuccessCommand,
  StartExecutionCommand,
  UpdateStateMachineCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { Database } from '#storage/database.ts';
import { openStepFunctions, ROLE, type StepFunctionsServer } from '#support/step-functions-server.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-api-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const tokens: string[] = [];
const open = (): Promise<StepFunctionsServer> =>
  openStepFunctions({
    database: new Database(join(folder, 'stepwright.db')),
    functions: {
      Ask: async (payload: Json) => {
        tokens.push(String(payload));
        return null;
      },
    },
  });

const PREFIX = 'arn:aws:states:local:000000000000';
const ARN = `${PREFIX}:stateMachine:m`;
const machine = (states: object): string =>
  JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'a', States: states });
const ASK = machine({
  a: {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke.waitForTaskToken',
    Arguments: {
      FunctionName: 'arn:aws:lambda:local:000000000000:function:Ask',
      Payload: '{% $states.context.Task.Token %}',
    },
    Next: 'b',
  },
  b: { Type: 'Pass', Output: 'as it began', End: true },
});
const OTHER = machine({ a: { Type: 'Pass', Output: 'changed', End: true } });

test('all that was created is there after a restart, and what runs goes on by the revision it began with', async () => {
  const before = await open();
  await before.client.send(
    new CreateStateMachineCommand({
      name: 'm',
      definition: ASK,
      roleArn: ROLE,
      publish: true,
      tags: [{ key: 'k', value: 'v' }],
    }),
  );
  const routingConfiguration = [{ stateMachineVersionArn: `${ARN}:1`, weight: 100 }];
  await before.client.send(new CreateStateMachineAliasCommand({ name: 'LIVE', routingConfiguration }));
  await before.client.send(new CreateActivityCommand({ name: 'print' }));
  const { executionArn } = await before.client.send(
    new StartExecutionCommand({ stateMachineArn: `${ARN}:LIVE`, name: 'x' }),
  );
  await before.client.send(new UpdateStateMachineCommand({ stateMachineArn: ARN, definition: OTHER }));
  await expect.poll(() => tokens.length).toBe(1);
  await before.close();

  const after = await open();
  expect(
    await after.client.send(new DescribeStateMachineAliasCommand({ stateMachineAliasArn: `${ARN}:LIVE` })),
  ).toMatchObject({ routingConfiguration });
  await after.client.send(new DescribeActivityCommand({ activityArn: `${PREFIX}:activity:print` }));
  expect((await after.client.send(new ListTagsForResourceCommand({ resourceArn: ARN }))).tags).toEqual([
    { key: 'k', value: 'v' },
  ]);
  expect(
    await after.client.send(new DescribeStateMachineForExecutionCommand({ executionArn })),
  ).toMatchObject({ definition: ASK });
  const listed = await after.client.send(new ListExecutionsCommand({ stateMachineArn: `${ARN}:LIVE` }));
  expect(listed.executions).toMatchObject([{ executionArn, stateMachineVersionArn: `${ARN}:1` }]);
  await after.client.send(new SendTaskSuccessCommand({ taskToken: tokens[0], output: '1' }));
  const describe = new DescribeExecutionCommand({ executionArn });
  await expect
    .poll(() => after.client.send(describe))
    .toMatchObject({
      ...{ status: 'SUCCEEDED', output: '"as it began"' },
      stateMachineAliasArn: `${ARN}:LIVE`,
    });
  await after.close();
  expect([...before.defects, ...after.defects]).toEqual([]);
});
