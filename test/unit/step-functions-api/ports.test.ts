import {
  CreateStateMachineCommand,
  DescribeExecutionCommand,
  DescribeMapRunCommand,
  ListExecutionsCommand,
  ListMapRunsCommand,
  RedriveExecutionCommand,
  StartExecutionCommand,
  UpdateMapRunCommand,
} from '@aws-sdk/client-sfn';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ExecutionIndex } from '#engine/embedded/execution-index.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import type { MapRunChange, MapRunPort, RedrivePort } from '#step-functions-api/parts.ts';
import { openStepFunctions, ROLE, type StepFunctionsServer } from '#support/step-functions-server.ts';

const PREFIX = 'arn:aws:states:local:000000000000';
const RUN = `${PREFIX}:mapRun:m/label:one`;

let server: StepFunctionsServer;
let redriven: string[] = [];
let changes: MapRunChange[] = [];

/** Redrives what has failed; remembers of each execution how often. */
const redrive: RedrivePort = {
  state: ({ name }) => {
    const count = redriven.filter((each) => each === name).length;
    return count === 0 ? { count } : { count, redrivenAt: 5_000 };
  },
  refusal: ({ status }) =>
    status === 'FAILED' ? undefined : `Execution is ${status} and cannot be redriven`,
  redrive: async ({ name }) => {
    redriven.push(name);
    return 5_000;
  },
};

/** One run, of the machine `m`; its executions are those of `m` itself. */
const mapRuns: MapRunPort = {
  list: (_execution: ExecutionRef, after, limit) =>
    ['one', 'two', 'three']
      .map((id) => ({
        mapRunArn: RUN.replace('one', id),
        executionArn: 'e',
        stateMachineArn: 's',
        startDate: 1,
      }))
      .filter(
        ({ mapRunArn }, at, all) =>
          after === undefined || at > all.findIndex((run) => run.mapRunArn === after) || mapRunArn === '',
      )
      .slice(0, limit),
  describe: (arn) =>
    arn === RUN ? { mapRunArn: RUN, status: 'RUNNING', maxConcurrency: 3, startDate: 1.5 } : undefined,
  update: async (arn, change) => {
    if (arn !== RUN) return arn.endsWith('ended') ? 'ended' : undefined;
    changes.push(change);
    return 'updated';
  },
  children: (arn, query) =>
    arn === RUN
      ? new ExecutionIndex(server.served.catalogue.database).list({ ...query, machine: 'm' })
      : undefined,
  ofChild: () => undefined,
};

beforeEach(async () => {
  redriven = [];
  changes = [];
  server = await openStepFunctions({ more: { redrive, mapRuns } });
  const states = { f: { Type: 'Fail', Error: 'E', Cause: 'c' } };
  const definition = JSON.stringify({ QueryLanguage: 'JSONata', StartAt: 'f', States: states });
  await server.client.send(new CreateStateMachineCommand({ name: 'm', definition, roleArn: ROLE }));
});
afterEach(async () => {
  await server.close();
  expect(server.defects).toEqual([]);
});

async function start(name: string): Promise<string | undefined> {
  const { executionArn } = await server.client.send(
    new StartExecutionCommand({ stateMachineArn: `${PREFIX}:stateMachine:m`, name }),
  );
  await expect
    .poll(() => server.client.send(new DescribeExecutionCommand({ executionArn })))
    .toMatchObject({ status: 'FAILED' });
  return executionArn;
}

test('an execution that can be redriven is, and its description tells of it', async () => {
  const executionArn = await start('a');
  const describe = new DescribeExecutionCommand({ executionArn });
  expect(await server.client.send(describe)).toMatchObject({ redriveStatus: 'REDRIVABLE', redriveCount: 0 });
  const { redriveDate } = await server.client.send(
    new RedriveExecutionCommand({ executionArn, clientToken: 'once' }),
  );
  expect(redriveDate).toEqual(new Date(5_000));
  expect(await server.client.send(describe)).toMatchObject({ redriveCount: 1, redriveDate });
});

test('executions of a map run are listed apart by whether they were redriven, across pages', async () => {
  for (const name of ['a', 'b', 'c', 'd', 'e']) await start(name);
  redriven = ['a', 'd'];
  const listed = async (
    redriveFilter: 'REDRIVEN' | 'NOT_REDRIVEN',
    maxResults: number,
  ): Promise<unknown[]> => {
    const names: unknown[] = [];
    let nextToken: string | undefined;
    do {
      const page: {
        executions?: { name: string | undefined }[] | undefined;
        nextToken?: string | undefined;
      } = await server.client.send(
        new ListExecutionsCommand({ mapRunArn: RUN, redriveFilter, maxResults, nextToken }),
      );
      names.push((page.executions ?? []).map(({ name }) => name));
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    return names;
  };
  expect(await listed('REDRIVEN', 1)).toEqual([['d'], ['a']]);
  expect(await listed('NOT_REDRIVEN', 2)).toEqual([['e', 'c'], ['b']]);
});

test('map runs are listed page by page, described and updated', async () => {
  const executionArn = await start('a');
  const first = await server.client.send(new ListMapRunsCommand({ executionArn, maxResults: 2 }));
  expect(first.mapRuns?.map(({ mapRunArn }) => mapRunArn)).toEqual([RUN, RUN.replace('one', 'two')]);
  const second = await server.client.send(
    new ListMapRunsCommand({ executionArn, maxResults: 2, nextToken: first.nextToken }),
  );
  expect(second.mapRuns).toMatchObject([{ mapRunArn: RUN.replace('one', 'three') }]);
  expect(await server.client.send(new DescribeMapRunCommand({ mapRunArn: RUN }))).toMatchObject({
    ...{ status: 'RUNNING', maxConcurrency: 3, startDate: new Date(1_500) },
  });
  await server.client.send(new UpdateMapRunCommand({ mapRunArn: RUN, maxConcurrency: 7 }));
  expect(changes).toEqual([{ maxConcurrency: 7 }]);
});

test.each([
  [`${PREFIX}:mapRun:m/label:none`, 'ResourceNotFound'],
  [`${PREFIX}:mapRun:m/label:ended`, 'ValidationException'],
  [`${PREFIX}:execution:m:a`, 'InvalidArn'],
])('the map run %s cannot be updated', async (mapRunArn, name) => {
  await expect(
    server.client.send(new UpdateMapRunCommand({ mapRunArn, maxConcurrency: 1 })),
  ).rejects.toMatchObject({
    name,
  });
});
