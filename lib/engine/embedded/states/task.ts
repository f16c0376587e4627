import type { Json } from '#core/json.ts';
import type { StateOf } from '../definition.ts';
import { StateFailure, StateFault } from '../failure.ts';
import { numberOf } from '../field-number.ts';
import type { JournalEvent } from '../journal-store.ts';
import type { FieldValue } from '../query/query.ts';
import { readTaskResource, type TaskResource, waitsForToken } from '../services/resource.ts';
import { Attempt } from './attempt.ts';
import type { StateResult, StateTry } from './state.ts';
import { activityName } from './task-arguments.ts';
import { endedOutcome, scheduledArguments, submittedAnswer, TaskEvents } from './task-events.ts';
import type { TaskOutcome } from './task-runner.ts';

type TriedTask = StateTry<StateOf<'Task'>>;

/** One try of a task that has been scheduled. */
export interface ScheduledTask {
  readonly entered: TriedTask;
  readonly resource: TaskResource;
  readonly events: TaskEvents;
  readonly args: Json;
  /** Empty where the task ends with its call. */
  readonly token: string;
  /** The same for every dispatch of this try, also after a crash. */
  readonly idempotencyKey: string;
  /** Milliseconds since the epoch; undefined: no limit. */
  readonly timeoutAt: number | undefined;
  readonly heartbeatMs: number | undefined;
  /** Whether a worker of an activity had it before a crash: it is not offered to another one. */
  readonly isStarted: boolean;
  /** What was answered to an earlier dispatch, before a crash. */
  readonly submitted: Json | undefined;
}

/**
 * Runs one try of a task: schedules it, waits until that is durable, does it, and records how it ended. A try that was
 * scheduled before a crash is done again with the same arguments, token and key; one that had ended is not.
 */
export async function runTask(tried: TriedTask): Promise<StateResult> {
  const begun = await begin(tried);
  return resultOf(begun instanceof Attempt ? await begun.run() : begun);
}

/**
 * Schedules a task, apart from waiting for it: one that waits for long is not to hold what it was begun with. Gives how the
 * task ended, where that was before a crash.
 */
async function begin(tried: TriedTask): Promise<Attempt | TaskOutcome> {
  const { run, state } = tried;
  const { thread, tasks } = run;
  const resource = resourceOf(tried);
  if (!isThere(tried, resource)) {
    throw new StateFault('States.Runtime', `The activity ${state.Resource} does not exist.`);
  }
  const events = new TaskEvents(resource);
  const previous = thread.previous;
  // Signing one is the dearest part of a task that is done when its call is.
  const token = hasToken(resource) ? tasks.tokenAfter(previous) : '';
  const { scheduled, heartbeatMs } = await schedule(tried, { resource, events, token });
  const isStarted =
    resource.kind === 'activity'
      ? thread.takeRecorded(events.startedType) !== undefined
      : thread.record(events.startedType, events.startedDetails) !== undefined;
  const submitted = lastSubmitted(tried);
  const ended = thread.takeRecorded(...events.endTypes);
  if (ended !== undefined) return endedOutcome(ended);
  const timeout = scheduled.details['timeoutInSeconds'];
  return new Attempt({
    ...{ entered: tried, resource, events, token, heartbeatMs, submitted, isStarted },
    args: scheduledArguments(scheduled),
    idempotencyKey: tasks.keyAfter(previous),
    // A clock that was put back makes no timeout longer than it is.
    timeoutAt:
      typeof timeout === 'number'
        ? Math.min(scheduled.timestamp, tried.scope.execution.clock.now()) + timeout * 1_000
        : undefined,
  });
}

/** What is mocked need not be there. */
function isThere({ name, run: { tasks } }: TriedTask, resource: TaskResource): boolean {
  if (resource.kind !== 'activity' || tasks.isMocked(name)) return true;
  return tasks.activities.has(activityName(resource.arn));
}

function resourceOf({ name, state, run }: TriedTask): TaskResource {
  const read = readTaskResource(state.Resource);
  if ('resource' in read) return read.resource;
  // What no service here does may still be mocked.
  if (!run.tasks.isMocked(name)) throw new StateFault('States.Runtime', read.refused);
  const [, service = 'mocked', integration = state.Resource] =
    /^arn:[\w-]+:states:::([^:]+(?::[^:.]+(?=:))?):(.+)$/.exec(state.Resource) ?? [];
  return { kind: 'service', service, action: integration, integration, pattern: 'request', isSdk: false };
}

interface Scheduling {
  readonly resource: TaskResource;
  readonly events: TaskEvents;
  readonly token: string;
}

interface Scheduled {
  readonly scheduled: JournalEvent;
  readonly heartbeatMs: number | undefined;
}

async function schedule(
  { state, query, run }: TriedTask,
  { resource, events, token }: Scheduling,
): Promise<Scheduled> {
  const args = await query.payload(state, token === '' ? undefined : { Task: { Token: token } });
  const timeout = has('TimeoutSeconds') ? await secondsOf('TimeoutSeconds') : undefined;
  const heartbeat = has('HeartbeatSeconds') ? await secondsOf('HeartbeatSeconds') : undefined;
  const details = events.scheduledDetails({ resource, args, timeout, heartbeat });
  const scheduled = run.thread.record(events.scheduledType, details);
  return { scheduled, heartbeatMs: heartbeat === undefined ? undefined : heartbeat * 1_000 };

  async function secondsOf(field: 'TimeoutSeconds' | 'HeartbeatSeconds'): Promise<number | undefined> {
    const written = await query.value(state, field);
    return written === undefined ? undefined : positive(written);
  }

  function has(field: 'TimeoutSeconds' | 'HeartbeatSeconds'): boolean {
    return state[field] !== undefined || state[`${field}Path`] !== undefined;
  }
}

/** The context object tells the token of tasks that end later than the call; with `.sync` too, as on AWS. */
function hasToken(resource: TaskResource): boolean {
  return waitsForToken(resource) || ('integration' in resource && resource.integration.includes('.sync'));
}

/** A task that was dispatched again after a crash may have been submitted more than once. */
function lastSubmitted({ run }: TriedTask): Json | undefined {
  let last: JournalEvent | undefined;
  for (;;) {
    const submitted = run.thread.takeRecorded('TaskSubmitted');
    if (submitted === undefined) return last === undefined ? undefined : submittedAnswer(last);
    last = submitted;
  }
}

function positive(written: FieldValue): number {
  const seconds = numberOf(written, 'integer');
  if (seconds > 0) return seconds;
  const error = written.path === undefined ? 'States.QueryEvaluationError' : 'States.Runtime';
  throw new StateFault(error, `The field '${written.field}' must give a number above 0, not ${seconds}`);
}

function resultOf(outcome: TaskOutcome): StateResult {
  if (outcome.kind === 'succeeded') return { result: outcome.output };
  const isHeartbeat = outcome.kind === 'timedOut' && outcome.isHeartbeat === true;
  throw new StateFailure(outcome.failure.error, outcome.failure.cause, { isHeartbeat });
}
