import { createActivity, deleteActivity, describeActivity, listActivities } from './activities/activities.ts';
import { getActivityTask } from './activities/get-task.ts';
import { validateStateMachineDefinition } from './definition/validate.ts';
import { describeExecution } from './executions/describe.ts';
import { getExecutionHistory } from './executions/history.ts';
import { listExecutions } from './executions/list.ts';
import { redriveExecution } from './executions/redrive.ts';
import { startExecution } from './executions/start.ts';
import { startSyncExecution } from './executions/start-sync.ts';
import { stopExecution } from './executions/stop.ts';
import { createStateMachine } from './machines/create.ts';
import { deleteStateMachine } from './machines/delete.ts';
import { describeStateMachine, describeStateMachineForExecution } from './machines/describe.ts';
import { listStateMachines } from './machines/list.ts';
import { updateStateMachine } from './machines/update.ts';
import { describeMapRun, listMapRuns, updateMapRun } from './map-runs.ts';
import type { Operation } from './operation.ts';
import { listTagsForResource, tagResource, untagResource } from './tags.ts';
import { sendTaskFailure, sendTaskHeartbeat, sendTaskSuccess } from './tasks.ts';
import { testState } from './test-state/test-state.ts';
import {
  createStateMachineAlias,
  deleteStateMachineAlias,
  describeStateMachineAlias,
  listStateMachineAliases,
  updateStateMachineAlias,
} from './versions/aliases.ts';
import {
  deleteStateMachineVersion,
  listStateMachineVersions,
  publishStateMachineVersion,
} from './versions/versions.ts';

/** Every operation of the service (Step Functions API Reference, "Actions"). */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    CreateActivity: createActivity,
    CreateStateMachine: createStateMachine,
    CreateStateMachineAlias: createStateMachineAlias,
    DeleteActivity: deleteActivity,
    DeleteStateMachine: deleteStateMachine,
    DeleteStateMachineAlias: deleteStateMachineAlias,
    DeleteStateMachineVersion: deleteStateMachineVersion,
    DescribeActivity: describeActivity,
    DescribeExecution: describeExecution,
    DescribeMapRun: describeMapRun,
    DescribeStateMachine: describeStateMachine,
    DescribeStateMachineAlias: describeStateMachineAlias,
    DescribeStateMachineForExecution: describeStateMachineForExecution,
    GetActivityTask: getActivityTask,
    GetExecutionHistory: getExecutionHistory,
    ListActivities: listActivities,
    ListExecutions: listExecutions,
    ListMapRuns: listMapRuns,
    ListStateMachineAliases: listStateMachineAliases,
    ListStateMachineVersions: listStateMachineVersions,
    ListStateMachines: listStateMachines,
    ListTagsForResource: listTagsForResource,
    PublishStateMachineVersion: publishStateMachineVersion,
    RedriveExecution: redriveExecution,
    SendTaskFailure: sendTaskFailure,
    SendTaskHeartbeat: sendTaskHeartbeat,
    SendTaskSuccess: sendTaskSuccess,
    StartExecution: startExecution,
    StartSyncExecution: startSyncExecution,
    StopExecution: stopExecution,
    TagResource: tagResource,
    TestState: testState,
    UntagResource: untagResource,
    UpdateMapRun: updateMapRun,
    UpdateStateMachine: updateStateMachine,
    UpdateStateMachineAlias: updateStateMachineAlias,
    ValidateStateMachineDefinition: validateStateMachineDefinition,
  } satisfies Readonly<Record<string, Operation>>),
);
