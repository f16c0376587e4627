import type { Json, JsonObject } from '#core/json.ts';
import type { StateOf } from '../definition.ts';
import { StateFailure, StateFault } from '../failure.ts';
import { numberOf } from '../field-number.ts';
import type { JournalEvent } from '../journal-store.ts';
import type { FieldValue } from '../query/query.ts';
import { performTask } from './perform-task.ts';
import { mockedResource, readResource, type TaskResource } from './resource.ts';
import type { StateResult, StateTry } from './state.ts';
import type { TaskOutcome } from './task-runner.ts';

type TriedTask = StateTry<StateOf<'Task'>>;

/** One try of a task that has been scheduled. */
export interface ScheduledTask {
  readonly entered: TriedTask;
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
export async function runTask(entered: TriedTask): Promise<StateResult> {
  const { name, state, run } = entered;
  const resource =
    readResource(state.Resource) ?? (run.tasks.isMocked(name) ? mockedResource(state.Resource) : undefined);
  if (resource === undefined) {
    throw new StateFault(
      'States.Runtime',
      `The resource '${state.Resource}' is not served by the embedded engine.`,
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
    idempotencyKey: `${run.tasks.ref.name}:${previous}`,
    // A clock that was put back makes no timeout longer than it is.
    timeoutAt:
      typeof timeout === 'number'
        ? Math.min(scheduled.timestamp, entered.scope.execution.clock.now()) + timeout * 1_000
        : undefined,
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
  { state, query, run }: TriedTask,
  { resource, token }: Scheduling,
): Promise<{ scheduled: JournalEvent; details: JsonObject; heartbeatMs: number | undefined }> {
  const args = await query.payload(state, waitsForToken(resource) ? { Task: { Token: token } } : {});
  const timeout = await secondsOf('TimeoutSeconds');
  const heartbeat = await secondsOf('HeartbeatSeconds');
  const details = eventDetails(resource);
  const scheduled = run.thread.record('TaskScheduled', {
    ...details,
    region: 'local',
    parameters: JSON.stringify(args),
    ...(timeout === undefined ? {} : { timeoutInSeconds: timeout }),
    ...(heartbeat === undefined ? {} : { heartbeatInSeconds: heartbeat }),
  });
  return { scheduled, details, heartbeatMs: heartbeat === undefined ? undefined : heartbeat * 1_000 };

  async function secondsOf(field: 'TimeoutSeconds' | 'HeartbeatSeconds'): Promise<number | undefined> {
    const written = await query.value(state, field);
    return written === undefined ? undefined : positive(written);
  }
}

function waitsForToken(resource: TaskResource): boolean {
  return resource.kind === 'function' && resource.waitsForToken;
}

function eventDetails(resource: TaskResource): JsonObject {
  if (resource.kind === 'mocked')
    return { resourceType: resource.resourceType, resource: resource.integration };
  if (resource.kind === 'lambda') return { resourceType: 'lambda', resource: 'function' };
  return { resourceType: resource.kind === 'machine' ? 'states' : 'lambda', resource: resource.integration };
}

function positive(written: FieldValue): number {
  const seconds = numberOf(written, 'integer');
  if (seconds > 0) return seconds;
  const error = written.path === undefined ? 'States.QueryEvaluationError' : 'States.Runtime';
  throw new StateFault(error, `The field '${written.field}' must give a number above 0, not ${seconds}`);
}

function resultOf(outcome: TaskOutcome): Json {
  if (outcome.kind === 'succeeded') return outcome.output;
  throw new StateFailure(outcome.failure.error, outcome.failure.cause);
}
