import type { Json } from '#core/json.ts';
import { at, type JobState, type SyncJob, state } from './sync-job.ts';

const STOP_REASON = 'The execution that started it has ended';

/** A container that ended badly, or a task that never came up, fails the job. */
function ecsState(task: Json): JobState | undefined {
  if (at(task, 'LastStatus') !== 'STOPPED') return state(at(task, 'LastStatus'), task);
  const containers = at(task, 'Containers');
  const codes = Array.isArray(containers)
    ? containers.map((container: Json) => at(container, 'ExitCode'))
    : [];
  const isGood = codes.every((code) => code === 0) && at(task, 'StopCode') !== 'TaskFailedToStart';
  return state(isGood ? 'SUCCEEDED' : 'FAILED', task);
}

function sageMakerJob(kind: string): SyncJob {
  const name = `${kind}JobName`;
  return {
    describe: `describe${kind}Job`,
    identify: ({ args }) => ({ [name]: args[name] ?? null }),
    read: (job) => state(at(job, `${kind}JobStatus`), job),
    ...{ succeeded: ['Completed'], failed: ['Failed', 'Stopped'] },
    stop: { action: `stop${kind}Job`, args: ({ args }) => ({ [name]: args[name] ?? null }) },
  };
}

/**
 * The jobs of `.sync` integrations, by service and action (AWS Step Functions, "Integrating optimized services"; the
 * status values are those of each service's API reference).
 */
export const SYNC_JOBS: Readonly<Record<string, SyncJob>> = {
  'athena:startQueryExecution': {
    describe: 'getQueryExecution',
    identify: ({ started }) => ({ QueryExecutionId: at(started, 'QueryExecutionId') }),
    read: (job) => state(at(job, 'QueryExecution', 'Status', 'State'), job),
    ...{ succeeded: ['SUCCEEDED'], failed: ['FAILED', 'CANCELLED'] },
    stop: {
      action: 'stopQueryExecution',
      args: ({ started }) => ({ QueryExecutionId: at(started, 'QueryExecutionId') }),
    },
  },
  'batch:submitJob': {
    describe: 'describeJobs',
    identify: ({ started }) => ({ Jobs: [at(started, 'JobId')] }),
    read: (jobs) => state(at(jobs, 'Jobs', 0, 'Status'), at(jobs, 'Jobs', 0)),
    ...{ succeeded: ['SUCCEEDED'], failed: ['FAILED'] },
    stop: {
      action: 'terminateJob',
      args: ({ started }) => ({ JobId: at(started, 'JobId'), Reason: STOP_REASON }),
    },
  },
  'codebuild:startBuild': {
    describe: 'batchGetBuilds',
    identify: ({ started }) => ({ Ids: [at(started, 'Build', 'Id')] }),
    read: (builds) => state(at(builds, 'Builds', 0, 'BuildStatus'), { Build: at(builds, 'Builds', 0) }),
    ...{ succeeded: ['SUCCEEDED'], failed: ['FAILED', 'FAULT', 'STOPPED', 'TIMED_OUT'] },
    stop: { action: 'stopBuild', args: ({ started }) => ({ Id: at(started, 'Build', 'Id') }) },
  },
  'codebuild:startBuildBatch': {
    describe: 'batchGetBuildBatches',
    identify: ({ started }) => ({ Ids: [at(started, 'BuildBatch', 'Id')] }),
    read: (batches) =>
      state(at(batches, 'BuildBatches', 0, 'BuildBatchStatus'), {
        BuildBatch: at(batches, 'BuildBatches', 0),
      }),
    ...{ succeeded: ['SUCCEEDED'], failed: ['FAILED', 'FAULT', 'STOPPED', 'TIMED_OUT'] },
    stop: { action: 'stopBuildBatch', args: ({ started }) => ({ Id: at(started, 'BuildBatch', 'Id') }) },
  },
  'databrew:startJobRun': {
    describe: 'describeJobRun',
    identify: ({ args, started }) => ({ Name: at(args, 'Name'), RunId: at(started, 'RunId') }),
    read: (run) => state(at(run, 'State'), run),
    ...{ succeeded: ['SUCCEEDED'], failed: ['FAILED', 'STOPPED', 'TIMEOUT'] },
    stop: {
      action: 'stopJobRun',
      args: ({ args, started }) => ({ Name: at(args, 'Name'), RunId: at(started, 'RunId') }),
    },
  },
  'ecs:runTask': {
    describe: 'describeTasks',
    identify: ({ args, started }) => ({
      Cluster: at(args, 'Cluster'),
      Tasks: [at(started, 'Tasks', 0, 'TaskArn')],
    }),
    read: (tasks) => ecsState(at(tasks, 'Tasks', 0)),
    ...{ succeeded: ['SUCCEEDED'], failed: ['FAILED'] },
    stop: {
      action: 'stopTask',
      args: ({ args, started }) => ({
        Cluster: at(args, 'Cluster'),
        Task: at(started, 'Tasks', 0, 'TaskArn'),
        Reason: STOP_REASON,
      }),
    },
  },
  'emr-containers:startJobRun': {
    describe: 'describeJobRun',
    identify: ({ args, started }) => ({
      VirtualClusterId: at(args, 'VirtualClusterId'),
      Id: at(started, 'Id'),
    }),
    read: (run) => state(at(run, 'JobRun', 'State'), at(run, 'JobRun')),
    ...{ succeeded: ['COMPLETED'], failed: ['FAILED', 'CANCELLED'] },
    stop: {
      action: 'cancelJobRun',
      args: ({ args, started }) => ({
        VirtualClusterId: at(args, 'VirtualClusterId'),
        Id: at(started, 'Id'),
      }),
    },
  },
  'emr-serverless:startJobRun': {
    describe: 'getJobRun',
    identify: ({ started }) => ({
      ApplicationId: at(started, 'ApplicationId'),
      JobRunId: at(started, 'JobRunId'),
    }),
    read: (run) => state(at(run, 'JobRun', 'State'), run),
    ...{ succeeded: ['SUCCESS'], failed: ['FAILED', 'CANCELLED'] },
    stop: {
      action: 'cancelJobRun',
      args: ({ started }) => ({
        ApplicationId: at(started, 'ApplicationId'),
        JobRunId: at(started, 'JobRunId'),
      }),
    },
  },
  'glue:startJobRun': {
    describe: 'getJobRun',
    identify: ({ args, started }) => ({ JobName: at(args, 'JobName'), RunId: at(started, 'JobRunId') }),
    read: (run) => state(at(run, 'JobRun', 'JobRunState'), at(run, 'JobRun')),
    ...{ succeeded: ['SUCCEEDED'], failed: ['FAILED', 'STOPPED', 'TIMEOUT', 'ERROR', 'EXPIRED'] },
    stop: {
      action: 'batchStopJobRun',
      args: ({ args, started }) => ({
        JobName: at(args, 'JobName'),
        JobRunIds: [at(started, 'JobRunId')],
      }),
    },
  },
  'mediaconvert:createJob': {
    describe: 'getJob',
    identify: ({ started }) => ({ Id: at(started, 'Job', 'Id') }),
    read: (job) => state(at(job, 'Job', 'Status'), job),
    ...{ succeeded: ['COMPLETE'], failed: ['ERROR', 'CANCELED'] },
    stop: { action: 'cancelJob', args: ({ started }) => ({ Id: at(started, 'Job', 'Id') }) },
  },
  'sagemaker:createTrainingJob': sageMakerJob('Training'),
  'sagemaker:createProcessingJob': sageMakerJob('Processing'),
  'sagemaker:createTransformJob': sageMakerJob('Transform'),
  'sagemaker:createHyperParameterTuningJob': sageMakerJob('HyperParameterTuning'),
  'states:startExecution': {
    describe: 'describeExecution',
    identify: ({ started }) => ({ ExecutionArn: at(started, 'ExecutionArn') }),
    read: (execution) => state(at(execution, 'Status'), execution),
    ...{ succeeded: ['SUCCEEDED'], failed: ['FAILED', 'TIMED_OUT', 'ABORTED'] },
    stop: {
      action: 'stopExecution',
      args: ({ started }) => ({ ExecutionArn: at(started, 'ExecutionArn'), Cause: STOP_REASON }),
    },
  },
};
