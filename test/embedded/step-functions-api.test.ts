import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  DescribeExecutionCommand,
  GetExecutionHistoryCommand,
  ListExecutionsCommand,
  ListStateMachinesCommand,
  type SFNClient,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { clientOf } from '#support/step-functions-server.ts';
import { type RunningCommand, startStepwright } from './command-line.ts';

const WORKFLOW = `
stepwright: 1
name: rest
version: 1.0.0
steps:
  - { id: note, set: { mode: quiet } }
  - { id: pause, wait: { for: 1h } }
`;

let folder = '';
let server: RunningCommand;
let client: SFNClient;
let url = '';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-wire-'));
  writeFileSync(join(folder, 'rest.yaml'), WORKFLOW);
  await start();
});
afterEach(async () => {
  await end();
  rmSync(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  const data = join(folder, 'data');
  const project = join(folder, 'rest.yaml');
  server = startStepwright([
    'start',
    '--data',
    data,
    '--port',
    '0',
    '--mqtt-port',
    '0',
    '--project',
    project,
  ]);
  url = /serves (\S+) /.exec(await server.line(/^Stepwright serves /))?.[1] ?? '';
  client = clientOf(url, token());
}

async function end(): Promise<void> {
  client.destroy();
  server.child.kill('SIGKILL');
  await server.finished;
}

function token(): string {
  return readFileSync(join(folder, 'data', 'token'), 'utf8').trim();
}

async function startWorkflow(): Promise<string> {
  const response = await fetch(`${url}/v1/workflows/rest/executions`, {
    ...{ method: 'POST', body: '{"input":{}}' },
    headers: { authorization: `Bearer ${token()}`, 'content-type': 'application/json' },
  });
  return z.object({ executionId: z.string() }).parse(await response.json()).executionId;
}

test('a published workflow and its executions are seen by the AWS SDK, and stopped by it, across kill -9', async () => {
  const { stateMachines = [] } = await client.send(new ListStateMachinesCommand({}));
  const machine = stateMachines.find(({ name }) => name?.startsWith('rest'));
  const executionId = await startWorkflow();
  const { executions = [] } = await client.send(
    new ListExecutionsCommand({ stateMachineArn: machine?.stateMachineArn, statusFilter: 'RUNNING' }),
  );
  expect(executions).toMatchObject([{ name: executionId, status: 'RUNNING' }]);
  const [{ executionArn } = {}] = executions;
  await end();
  await start();
  const { events = [] } = await client.send(new GetExecutionHistoryCommand({ executionArn }));
  expect(events.map(({ type }) => type)).toContain('WaitStateEntered');
  await client.send(new StopExecutionCommand({ executionArn, error: 'Operator', cause: 'enough rest' }));
  expect(await client.send(new DescribeExecutionCommand({ executionArn }))).toMatchObject({
    ...{ status: 'ABORTED', error: 'Operator', cause: 'enough rest' },
  });
  const { stateMachines: again } = await client.send(new ListStateMachinesCommand({}));
  expect(again).toEqual(stateMachines);
  await expect.poll(() => workflowStatus(executionId)).toBe('STOPPED');
});

async function workflowStatus(executionId: string): Promise<unknown> {
  const response = await fetch(`${url}/v1/executions/${executionId}`, {
    headers: { authorization: `Bearer ${token()}` },
  });
  return z.looseObject({ status: z.string() }).parse(await response.json()).status;
}
