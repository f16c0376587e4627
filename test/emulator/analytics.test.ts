import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { beforeAll, expect, vi } from 'vitest';
import * as z from 'zod';
import {
  BottlenecksSchema,
  CostTrendSchema,
  OutliersSchema,
  OverviewSchema,
  RebuildSchema,
  TrendSchema,
  UsagePatternsSchema,
} from '#api/figure-documents.ts';
import { EventsDocumentSchema } from '#api/routes/events.ts';
import { runProgram } from '#support/run-program.ts';
import { DynamoDbTable } from '#table/dynamodb.ts';
import { executionKeys } from '#table/keys.ts';
import { findFunction, invoke } from '../../localstack/functions.ts';
import { emulatorClientConfig } from '../../localstack/stacks.ts';
import { call } from './client.ts';
import { deployed, describeEmulated, emulated, isEmulated } from './stacks.ts';

const WORKFLOW = `stepwright: 1
name: counted
version: 1.0.0
input: { type: object, required: [site], properties: { site: { type: string } } }
steps:
  - { id: mark, set: { x: 1 } }
  - { id: lost, if: "{% $input.site = 'hall-3' %}", command: go, device: nobody }
`;

/** At one of them all fail; enough of both that the site is found to go with it. */
const SITES = ['hall-1', 'hall-3'].flatMap((site) => new Array<string>(6).fill(site));
/** Functions begin cold, and events are counted half a minute after they were written. */
const PATIENT = { interval: 3_000, timeout: 140_000 };

/** Counts what has happened. The schedule does that each five minutes, which is too long for a test. */
async function rollUp(): Promise<void> {
  const lambda = new LambdaClient(emulatorClientConfig(deployed().endpoint));
  await invoke(lambda, await findFunction(lambda, 'RollUpsrollup'), {});
}

/** Runs the workflow at each site, and waits for the last that is told of an execution: what it has cost. */
async function runAll(): Promise<void> {
  for (const site of SITES)
    await call('POST', '/v1/workflows/counted/executions', { input: { site }, by: 'ana' });
  await vi.waitFor(async () => {
    const document = await call('GET', '/v1/events?workflow=counted&kind=execution.measured&limit=100');
    expect(EventsDocumentSchema.parse(document).events).toHaveLength(SITES.length);
  }, PATIENT);
}

/** What is told of the workflow over all, by hour, step and caller. */
async function figures() {
  const get = async <T extends z.ZodType>(schema: T, path: string) =>
    schema.parse(await call('GET', `/v1/${path}`));
  const { workflows } = await get(OverviewSchema, 'analytics/overview');
  const trend = await get(
    TrendSchema,
    'analytics/trend?measure=executions.ended&by=hour&dimension=workflow&value=counted',
  );
  const usage = await get(UsagePatternsSchema, 'analytics/usage');
  const { holders } = await get(BottlenecksSchema, 'analytics/bottlenecks?workflow=counted');
  return {
    overview: workflows.find(({ workflow }) => workflow === 'counted'),
    ended: trend.points.reduce((sum, { value = 0 }) => sum + value, 0),
    byAna: usage.callers.find(({ caller }) => caller === 'ana')?.started,
    holders: new Map(holders.map(({ name, share: _, ...holder }) => [name, holder])),
  };
}

/** Has the last week counted anew. */
async function rebuilt(): Promise<z.infer<typeof RebuildSchema>> {
  const asked = RebuildSchema.parse(await call('POST', '/v1/analytics/rebuild'));
  await rollUp();
  const { rebuild } = z.object({ rebuild: RebuildSchema }).parse(await call('GET', '/v1/analytics/rebuild'));
  expect(rebuild.next).toBe(asked.to);
  return rebuild;
}

async function openTable(): Promise<DynamoDbTable> {
  const client = new DynamoDBClient(emulatorClientConfig(deployed().endpoint));
  const { TableNames = [] } = await client.send(new ListTablesCommand({}));
  return new DynamoDbTable(client, TableNames.find((name) => name.startsWith('StepwrightState')) ?? '');
}

/** The options by which the command line reaches the deployed API. */
function server(): readonly string[] {
  const { url, token } = deployed();
  return ['--endpoint', url, '--token', token];
}

describeEmulated('figures over time on the emulator', () => {
  beforeAll(async () => {
    if (!isEmulated) return;
    await call('POST', '/v1/workflows', WORKFLOW);
    await runAll();
    await vi.waitFor(async () => {
      await rollUp();
      const { holders, ended } = await figures();
      expect([holders.get('counted/mark')?.runs, ended]).toEqual([12, 12]);
    }, PATIENT);
  });

  emulated('what has happened is told over all, by hour, step and caller', async () => {
    const { overview, byAna, holders } = await figures();
    expect(overview).toMatchObject({ started: 12, ended: 12, failureRate: 0.5 });
    expect(byAna).toBe(12);
    expect(holders.get('counted/lost')).toMatchObject({ runs: 6, failed: 6 });
    expect(overview?.dollars).toBeGreaterThan(0);
  });

  emulated('counting again counts nothing twice, at once or by a rebuild', async () => {
    const before = await figures();
    await rollUp();
    expect(await figures()).toEqual(before);

    expect((await rebuilt()).executions).toBeGreaterThanOrEqual(SITES.length);
    expect(await figures()).toEqual(before);
  });

  emulated('the input that goes with failed executions is found', async () => {
    const outliers = OutliersSchema.parse(await call('GET', '/v1/workflows/counted/outliers'));
    expect(outliers).toMatchObject({ executions: 12, bad: 6 });
    expect(outliers.found).toContainEqual(
      expect.objectContaining({ field: 'input.site', value: 'hall-3', executions: 6, bad: 6, otherRate: 0 }),
    );
  });

  emulated('what an execution of yesterday has cost is told, once that day is counted anew', async () => {
    const { executions } = z
      .object({ executions: z.array(z.object({ executionId: z.string() })) })
      .parse(await call('GET', '/v1/executions?workflow=counted&limit=1'));
    const yesterday = Date.now() - 86_400_000;
    await (await openTable()).update({
      key: executionKeys.meta(executions[0]?.executionId ?? ''),
      set: {
        ...{ startedAt: yesterday, endedAt: yesterday + 1_000 },
        gsi2pk: executionKeys.byDay(new Date(yesterday).toISOString().slice(0, 10)),
      },
    });
    await rebuilt();
    const cost = CostTrendSchema.parse(await call('GET', '/v1/analytics/cost'));
    const row = cost.workflows.find(({ workflow }) => workflow === 'counted');
    expect(row).toMatchObject({ executions: 1 });
    const { overview } = await figures();
    expect(overview).toMatchObject({ started: 12, ended: 12 });
    expect(row?.dollars).toBeGreaterThan(0);
    expect(row?.dollars).toBeLessThan(overview?.dollars ?? 0);
  });

  emulated('the command line tells the figures, and one picture of the deployment', async () => {
    const overview = await runProgram(['analytics', 'overview', ...server()]);
    expect(overview).toMatchObject({ exitCode: 0, stderr: '' });
    expect(overview.stdout).toMatch(/^counted +12 +12 +50\.0 %/m);
    expect(Math.max(...overview.stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);

    const top = await runProgram(['top', '--once', '--json', ...server()]);
    expect(top).toMatchObject({ exitCode: 0, stderr: '' });
    expect(JSON.parse(top.stdout)).toMatchObject({
      server: deployed().url,
      failed: expect.arrayContaining([expect.objectContaining({ workflow: 'counted' })]),
      fleet: { by: 'zone' },
    });
  });
});
