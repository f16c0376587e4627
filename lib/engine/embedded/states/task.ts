import type { Json, JsonObject } from '#core/json.ts';
import type { StateOf } from '../definition.ts';
import { StateFailure } from '../failure.ts';
import type { JournalEvent } from '../store.ts';
import { evaluateTemplate } from '../template.ts';
import { performTask } from './perform-task.ts';
import { mockedResource, readResource, type TaskResource } from './resource.ts';
import type { EnteredState, StateResult } from './state.ts';
import type { TaskOutcome } from './task-runner.ts';

type EnteredTask = EnteredState<StateOf<'Task'>>;

/** One try of a task that has been scheduled. */
export interface ScheduledTask {
  readonly entered: EnteredTask;
  readonly resource: TaskResource;
  readonly args: Json;
  readonly token: string;
  /** The same for every dispatch of this try, also after a crash. */
  readonly idempotencyKey: string;
  /** Milliseconds since the epoch; undefined: no limit. */
  readonly timeoutAt: number | undefined;
  readonly heartbeatMs: number | undefined;
  /** Details that each event of the task repeats. */
  readonly details: JsonObject;
}

/**
 * Runs one try of a task: schedules it, waits until that is durable, does it, and records how it ended. A try that was
 * scheduled before a crash is done again with the same arguments, token and key; one that had ended is not.
 */
export async function runTask(entered: EnteredTask): Promise<StateResult> {
  const { name, state, run } = entered;
  const resource =
    readResource(state.Resource) ?? (run.tasks.isMocked(name) ? mockedResource(state.Resource) : undefined);
  if (resource === undefined) {
    throw new StateFailure(
      'States.Runtime',
      `The resource '${state.Resource}' is not served by the embedded engine`,
    );
  }
  const previous = run.thread.previous;
  const token = run.tasks.tokenAfter(previous);
  const { scheduled, details, heartbeatMs } = await schedule(entered, { resource, token });
  const parameters: Json = JSON.parse(String(scheduled.details['parameters']));
  const timeout = scheduled.details['timeoutInSeconds'];
  const outcome = await performTask({
    entered,
    resource,
    args: parameters,
    token,
    idempotencyKey: `${run.tasks.executionName}:${previous}`,
    timeoutAt: typeof timeout === 'number' ? scheduled.timestamp + timeout * 1_000 : undefined,
    heartbeatMs,
    details,
  });
  return { result: resultOf(outcome) };
}

interface Scheduling {
  readonly resource: TaskResource;
  readonly token: string;
}

async function schedule(
  { state, scope, run }: EnteredTask,
  { resource, token }: Scheduling,
): Promise<{ scheduled: JournalEvent; details: JsonObject; heartbeatMs: number | undefined }> {
  const taskScope = scope.with({ context: { Task: { Token: token } } });
  const seconds = async (field: 'TimeoutSeconds' | 'HeartbeatSeconds'): Promise<number | undefined> => {
    const written = state[field];
    return written === undefined
      ? undefined
      : positive(field, await evaluateTemplate(written, taskScope, field));
  };
  const args =
    state.Arguments === undefined
      ? scope.input
      : await evaluateTemplate(state.Arguments, taskScope, 'Arguments');
  const timeout = await seconds('TimeoutSeconds');
  const heartbeat = await seconds('HeartbeatSeconds');
  const details = eventDetails(resource);
  const scheduled = run.thread.record('TaskScheduled', {
    ...details,
    region: 'local',
    parameters: JSON.stringify(args),
    ...(timeout === undefined ? {} : { timeoutInSeconds: timeout }),
    ...(heartbeat === undefined ? {} : { heartbeatInSeconds: heartbeat }),
  });
  return { scheduled, details, heartbeatMs: heartbeat === undefined ? undefined : heartbeat * 1_000 };
}

function eventDetails(resource: TaskResource): JsonObject {
  if (resource.kind === 'mocked')
    return { resourceType: resource.resourceType, resource: resource.integration };
  if (resource.kind === 'lambda') return { resourceType: 'lambda', resource: 'function' };
  return { resourceType: resource.kind === 'machine' ? 'states' : 'lambda', resource: resource.integration };
}

function positive(field: string, value: Json): number {
  if (typeof value === 'number' && value > 0) return value;
  throw new StateFailure(
    'States.QueryEvaluationError',
    `The field '${field}' must give a number above 0, not ${JSON.stringify(value)}`,
  );
}

function resultOf(outcome: TaskOutcome): Json {
  if (outcome.kind === 'succeeded') return outcome.output;
  throw new StateFailure(outcome.failure.error, outcome.failure.cause);
}
