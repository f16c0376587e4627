import type { Json, JsonObject } from '#core/json.ts';
import type { JournalEvent } from '../journal-store.ts';
import { jsonText } from '../json-text.ts';
import { eventNames, type TaskResource } from '../services/resource.ts';
import type { TaskOutcome } from './task-runner.ts';

/** What a task is scheduled with. */
export interface TaskSchedule {
  readonly resource: TaskResource;
  readonly args: Json;
  /** Seconds. */
  readonly timeout: number | undefined;
  /** Seconds. */
  readonly heartbeat: number | undefined;
}

/** How the events of a task begin: functions as whole resources, and activities, have events of their own. */
type Family = 'Task' | 'LambdaFunction' | 'Activity';

/** The events by which the history tells of a task (AWS Step Functions API Reference, HistoryEvent). */
export class TaskEvents {
  readonly #family: Family;
  /** What each event of an integration repeats. */
  readonly #names: JsonObject;

  constructor(resource: TaskResource) {
    this.#family = familyOf(resource);
    this.#names = this.#family === 'Task' ? eventNames(resource) : {};
  }

  get scheduledType(): `${Family}Scheduled` {
    return `${this.#family}Scheduled`;
  }

  get startedType(): `${Family}Started` {
    return `${this.#family}Started`;
  }

  get startedDetails(): JsonObject {
    return this.#names;
  }

  /** Types of events that end a task. */
  get endTypes(): readonly `${Family}${'Succeeded' | 'Failed' | 'TimedOut'}`[] {
    return [`${this.#family}Succeeded`, `${this.#family}Failed`, `${this.#family}TimedOut`];
  }

  scheduledDetails({ resource, args, timeout, heartbeat }: TaskSchedule): JsonObject {
    const limits =
      timeout === undefined && heartbeat === undefined ? undefined : this.#limits(timeout, heartbeat);
    const text = jsonText(args);
    if (this.#family === 'Task') return { ...this.#names, region: 'local', parameters: text, ...limits };
    return {
      resource: resource.kind === 'lambda' || resource.kind === 'activity' ? resource.arn : '',
      input: text,
      ...limits,
    };
  }

  #limits(timeout: number | undefined, heartbeat: number | undefined): JsonObject {
    return {
      ...(timeout === undefined ? {} : { timeoutInSeconds: timeout }),
      ...(heartbeat === undefined || this.#family === 'LambdaFunction'
        ? {}
        : { heartbeatInSeconds: heartbeat }),
    };
  }

  submittedDetails(answer: Json): JsonObject {
    return { ...this.#names, output: jsonText(answer) };
  }

  endedDetails(outcome: TaskOutcome): JsonObject {
    if (outcome.kind === 'succeeded') return { ...this.#names, output: jsonText(outcome.output) };
    const { error, cause } = outcome.failure;
    return { ...this.#names, ...(error === '' ? {} : { error }), ...(cause === '' ? {} : { cause }) };
  }

  endedType({ kind }: TaskOutcome): `${Family}${'Succeeded' | 'Failed' | 'TimedOut'}` {
    return `${this.#family}${kind === 'succeeded' ? 'Succeeded' : kind === 'failed' ? 'Failed' : 'TimedOut'}`;
  }
}

/** What a task was scheduled with, out of its event. */
export function scheduledArguments({ details }: JournalEvent): Json {
  return parseJson(details['parameters'] ?? details['input']);
}

/** What a service answered when the job of a `.sync` integration was started. */
export function submittedAnswer({ details }: JournalEvent): Json {
  return parseJson(details['output']);
}

/** How a task ended, out of its event. */
export function endedOutcome({ type, details, isHeartbeat = false }: JournalEvent): TaskOutcome {
  if (type.endsWith('Succeeded')) return { kind: 'succeeded', output: parseJson(details['output']) };
  const failure = { error: String(details['error'] ?? ''), cause: String(details['cause'] ?? '') };
  return type.endsWith('TimedOut') ? { kind: 'timedOut', failure, isHeartbeat } : { kind: 'failed', failure };
}

function familyOf({ kind }: TaskResource): Family {
  if (kind === 'lambda') return 'LambdaFunction';
  return kind === 'activity' ? 'Activity' : 'Task';
}

function parseJson(text: Json | undefined): Json {
  const value: Json = JSON.parse(String(text));
  return value;
}
