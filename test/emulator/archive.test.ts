import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { ulid } from 'ulid';
import { afterEach, expect, vi } from 'vitest';
import * as z from 'zod';
import { runProgram } from '#support/run-program.ts';
import { DynamoDbTable } from '#table/dynamodb.ts';
import { feedKeys } from '#table/feed-keys.ts';
import { executionKeys } from '#table/keys.ts';
import { findFunction, invoke } from '../../localstack/functions.ts';
import { emulatorClientConfig, emulatorEnvironment } from '../../localstack/stacks.ts';
import { call, POLL, settled } from './client.ts';
import { deployed, emulated } from './stacks.ts';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const WORKFLOW = `stepwright: 1
name: archived
version: 1.0.0
steps:
  - { id: mark, set: { x: 1 } }
  - { id: gone, command: go, device: nobody, catch: continue }
output: "{% $mark %}"
`;

afterEach(() => vi.unstubAllEnvs());

async function openTable(): Promise<DynamoDbTable> {
  const client = new DynamoDBClient(emulatorClientConfig(deployed().endpoint));
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  return new DynamoDbTable(client, TableNames.find((name) => name.startsWith('StepwrightState')) ?? '');
}

async function archivePlace(): Promise<string> {
  const client = new CloudFormationClient(emulatorClientConfig(deployed().endpoint));
  const { Stacks } = await client.send(new DescribeStacksCommand({ StackName: 'StepwrightState' }));
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return `s3://${outputs.find(({ OutputKey }) => OutputKey === 'ArchiveBucketName')?.OutputValue}`;
}

const RecordsSchema = z.object({ records: z.array(z.record(z.string(), z.json())) });

/** Records of the bucket, as the command line tells them. */
async function archived(...args: readonly string[]): Promise<z.infer<typeof RecordsSchema>['records']> {
  const ran = await runProgram(['archive', 'query', ...args, '--archive', await archivePlace(), '--json']);
  return RecordsSchema.parse(JSON.parse(ran.stdout)).records;
}

emulated(
  'what ended long ago goes into the bucket with its history, and who asks for it is told where it is',
  async () => {
    for (const [name, value] of Object.entries(emulatorEnvironment(deployed().endpoint)))
      vi.stubEnv(name, value);
    await call('POST', '/v1/workflows', WORKFLOW);
    const long = Date.now() - 100 * DAY;
    const id = ulid(long);
    await call('POST', '/v1/workflows/archived/executions', { input: {}, name: id });
    expect(await settled(id)).toMatchObject({ status: 'SUCCEEDED', output: { x: 1 } });

    const table = await openTable();
    const day = executionKeys.byDay(new Date(long).toISOString().slice(0, 10));
    await table.update({
      key: executionKeys.meta(id),
      set: { startedAt: long, endedAt: long + 1_000, gsi2pk: day },
    });
    const event = {
      v: 1,
      id: 'x/1',
      at: new Date().toISOString(),
      kind: 'device.online',
      device: 'd-1',
      data: {},
    };
    await table.put({ ...feedKeys.part(Date.now() - 3 * HOUR, 'test'), events: [event] });

    const lambda = new LambdaClient(emulatorClientConfig(deployed().endpoint));
    await invoke(lambda, await findFunction(lambda, 'Archivearchive'), {});

    const records = await vi.waitFor(async () => {
      const found = await archived('executions', '--execution', id);
      expect(found).toHaveLength(1);
      return found;
    }, POLL);
    expect(records[0]).toMatchObject({ executionId: id, status: 'SUCCEEDED', output: { x: 1 } });
    const history = await archived('history', '--execution', id);
    expect(history.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['ExecutionStarted', 'ExecutionSucceeded']),
    );
    expect(await archived('events')).toEqual(
      expect.arrayContaining([expect.objectContaining({ id: 'x/1' })]),
    );
    const shown = await runProgram(['archive', 'show', id, '--archive', await archivePlace()]);
    expect(shown.stdout).toContain('SUCCEEDED');
    await vi.waitFor(
      () => expect(call('GET', `/v1/executions/${id}`)).rejects.toThrow(/SW4507.*s3:\/\//),
      POLL,
    );
    const verified = await runProgram(['archive', 'verify', '--archive', await archivePlace()]);
    expect(verified).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('as written') });
  },
  240_000,
);
