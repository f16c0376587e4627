import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import { expect, test } from 'vitest';
import { OPERATIONS } from '#step-functions-api/operations.ts';
import { openStepFunctions } from '#support/step-functions-server.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/guide/step-functions-api.md'), 'utf8');

test('the guide tells of every operation that is served, and of no other', () => {
  const rows = PAGE.split('\n').filter((line) => line.startsWith('| `'));
  const told = rows.flatMap((row) =>
    [...(row.split('|')[1] ?? '').matchAll(/`(\w+)`/g)].map(([, name]) => name),
  );
  expect(told.toSorted()).toEqual([...OPERATIONS.keys()].toSorted());
});

test('the machine of the guide does what its example says', async () => {
  await using server = await openStepFunctions();
  const argument = (name: string): string | undefined =>
    new RegExp(`--${name} (?:'([^']+)'|(\\S+))`)
      .exec(PAGE)
      ?.slice(1)
      .find((value) => value !== undefined);
  const { stateMachineArn } = await server.client.send(
    new CreateStateMachineCommand({
      name: argument('name'),
      definition: argument('definition'),
      roleArn: argument('role-arn'),
    }),
  );
  expect(stateMachineArn).toBe(argument('state-machine-arn'));
  const input = argument('input');
  const { executionArn } = await server.client.send(
    new StartExecutionCommand({ stateMachineArn, name: 'first', ...(input === undefined ? {} : { input }) }),
  );
  expect(executionArn).toBe(argument('execution-arn'));
  await expect
    .poll(() => server.client.send(new DescribeExecutionCommand({ executionArn })))
    .toMatchObject({ status: 'SUCCEEDED', output: '"hello world"' });
});
