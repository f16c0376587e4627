import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { OPTIMISED } from '#engine/embedded/services/optimised.ts';
import { SYNC_JOBS } from '#engine/embedded/services/sync-jobs.ts';

interface Case {
  readonly key: string;
  readonly args: JsonObject;
  readonly started: JsonObject;
  readonly looksAt: JsonObject;
  readonly told: JsonObject;
  readonly status: string;
  readonly result: JsonObject;
  readonly stopped: JsonObject;
}

const REASON = 'The execution that started it has ended';

const CASES: readonly Case[] = [
  {
    key: 'athena:startQueryExecution',
    ...{ args: {}, started: { QueryExecutionId: 'q' }, looksAt: { QueryExecutionId: 'q' } },
    told: { QueryExecution: { Status: { State: 'RUNNING' } } },
    ...{ status: 'RUNNING', result: { QueryExecution: { Status: { State: 'RUNNING' } } } },
    stopped: { QueryExecutionId: 'q' },
  },
  {
    key: 'batch:submitJob',
    ...{ args: {}, started: { JobId: 'j' }, looksAt: { Jobs: ['j'] } },
    ...{ told: { Jobs: [{ JobId: 'j', Status: 'FAILED' }] }, status: 'FAILED' },
    ...{ result: { JobId: 'j', Status: 'FAILED' }, stopped: { JobId: 'j', Reason: REASON } },
  },
  {
    key: 'codebuild:startBuild',
    ...{ args: {}, started: { Build: { Id: 'b' } }, looksAt: { Ids: ['b'] } },
    ...{ told: { Builds: [{ Id: 'b', BuildStatus: 'SUCCEEDED' }] }, status: 'SUCCEEDED' },
    ...{ result: { Build: { Id: 'b', BuildStatus: 'SUCCEEDED' } }, stopped: { Id: 'b' } },
  },
  {
    key: 'codebuild:startBuildBatch',
    ...{ args: {}, started: { BuildBatch: { Id: 'b' } }, looksAt: { Ids: ['b'] } },
    ...{ told: { BuildBatches: [{ BuildBatchStatus: 'FAULT' }] }, status: 'FAULT' },
    ...{ result: { BuildBatch: { BuildBatchStatus: 'FAULT' } }, stopped: { Id: 'b' } },
  },
  {
    key: 'databrew:startJobRun',
    ...{ args: { Name: 'n' }, started: { RunId: 'r' }, looksAt: { Name: 'n', RunId: 'r' } },
    ...{ told: { State: 'STOPPED' }, status: 'STOPPED', result: { State: 'STOPPED' } },
    stopped: { Name: 'n', RunId: 'r' },
  },
  {
    key: 'emr-containers:startJobRun',
    ...{ args: { VirtualClusterId: 'v' }, started: { Id: 'i' }, looksAt: { VirtualClusterId: 'v', Id: 'i' } },
    ...{ told: { JobRun: { State: 'COMPLETED' } }, status: 'COMPLETED', result: { State: 'COMPLETED' } },
    stopped: { VirtualClusterId: 'v', Id: 'i' },
  },
  {
    key: 'emr-serverless:startJobRun',
    ...{ args: {}, started: { ApplicationId: 'a', JobRunId: 'r' } },
    looksAt: { ApplicationId: 'a', JobRunId: 'r' },
    ...{
      told: { JobRun: { State: 'SUCCESS' } },
      status: 'SUCCESS',
      result: { JobRun: { State: 'SUCCESS' } },
    },
    stopped: { ApplicationId: 'a', JobRunId: 'r' },
  },
  {
    key: 'glue:startJobRun',
    ...{ args: { JobName: 'n' }, started: { JobRunId: 'r' }, looksAt: { JobName: 'n', RunId: 'r' } },
    ...{
      told: { JobRun: { JobRunState: 'TIMEOUT' } },
      status: 'TIMEOUT',
      result: { JobRunState: 'TIMEOUT' },
    },
    stopped: { JobName: 'n', JobRunIds: ['r'] },
  },
  {
    key: 'mediaconvert:createJob',
    ...{ args: {}, started: { Job: { Id: 'j' } }, looksAt: { Id: 'j' }, stopped: { Id: 'j' } },
    ...{ told: { Job: { Status: 'COMPLETE' } }, status: 'COMPLETE', result: { Job: { Status: 'COMPLETE' } } },
  },
  ...['Training', 'Processing', 'Transform', 'HyperParameterTuning'].map((kind) => ({
    key: `sagemaker:create${kind}Job`,
    ...{ args: { [`${kind}JobName`]: 'n' }, started: {}, looksAt: { [`${kind}JobName`]: 'n' } },
    ...{ told: { [`${kind}JobStatus`]: 'Completed' }, status: 'Completed' },
    ...{ result: { [`${kind}JobStatus`]: 'Completed' }, stopped: { [`${kind}JobName`]: 'n' } },
  })),
  {
    key: 'states:startExecution',
    ...{ args: {}, started: { ExecutionArn: 'e' }, looksAt: { ExecutionArn: 'e' } },
    ...{ told: { Status: 'ABORTED' }, status: 'ABORTED', result: { Status: 'ABORTED' } },
    stopped: { ExecutionArn: 'e', Cause: REASON },
  },
];

describe('a job', () => {
  test('of each action that can be awaited is known', () => {
    const awaited = Object.entries(OPTIMISED).flatMap(([service, { actions }]) =>
      Object.entries(actions)
        .filter(([, patterns]) => patterns.includes('sync'))
        .map(([action]) => `${service}:${action}`),
    );
    expect(Object.keys(SYNC_JOBS).toSorted()).toEqual(awaited.toSorted());
    expect([...CASES.map(({ key }) => key), 'ecs:runTask'].toSorted()).toEqual(awaited.toSorted());
  });

  test.each(CASES)('of $key is looked at, read and stopped', ({ key, args, started, ...expected }) => {
    const job = SYNC_JOBS[key];
    expect({
      looksAt: job?.identify({ args, started }),
      read: job?.read(expected.told),
      stopped: job?.stop?.args({ args, started }),
      unknown: job?.read({}),
    }).toEqual({
      looksAt: expected.looksAt,
      read: { status: expected.status, result: expected.result },
      stopped: expected.stopped,
      unknown: undefined,
    });
  });

  test.each([
    ['runs', { LastStatus: 'RUNNING', Containers: [] }, 'RUNNING'],
    ['ended well', { LastStatus: 'STOPPED', Containers: [{ ExitCode: 0 }, { ExitCode: 0 }] }, 'SUCCEEDED'],
    [
      'ended with an error',
      { LastStatus: 'STOPPED', Containers: [{ ExitCode: 0 }, { ExitCode: 1 }] },
      'FAILED',
    ],
    ['never came up', { LastStatus: 'STOPPED', StopCode: 'TaskFailedToStart', Containers: [] }, 'FAILED'],
    ['has a container that never ran', { LastStatus: 'STOPPED', Containers: [{}] }, 'FAILED'],
  ])('of ECS whose task %s is %s', (_, task, status) => {
    const job = SYNC_JOBS['ecs:runTask'];
    const started = { Tasks: [{ TaskArn: 't' }] };
    expect(job?.identify({ args: { Cluster: 'c' }, started })).toEqual({ Cluster: 'c', Tasks: ['t'] });
    expect(job?.read({ Tasks: [task] })).toEqual({ status, result: task });
    expect(job?.stop?.args({ args: { Cluster: 'c' }, started })).toEqual({
      Cluster: 'c',
      Task: 't',
      Reason: REASON,
    });
  });
});
