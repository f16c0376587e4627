import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { ExecutionStatus } from '#executions/execution.ts';

/** An event of a history, wherever it was read. */
export interface RecordedEvent {
  readonly id: number;
  readonly previousEventId: number;
  readonly type: string;
  /** Milliseconds since the Unix epoch. */
  readonly timestamp: number;
  readonly details: JsonObject;
}

/** An execution as it was recorded. */
export interface Recording {
  readonly id: string;
  readonly workflow: string;
  readonly version: string;
  readonly status: ExecutionStatus;
  readonly error: string | undefined;
  readonly input: Json;
  readonly events: readonly RecordedEvent[];
}

/** How a task ended. */
export type TaskEnd =
  | { readonly kind: 'succeeded'; readonly output: Json }
  | { readonly kind: 'failed'; readonly error: string; readonly cause: string };

/** One try of a task as it was recorded. */
export interface RecordedTask {
  /** What it is found by, in the old version and the new one. */
  readonly key: string;
  /** Path of its step, such as `rollout[3].flash`; else the name of its state. */
  readonly step: string;
  readonly args: JsonObject;
  readonly end: TaskEnd;
  /** From its schedule to its end, in ms. */
  readonly tookMs: number;
}

const SCHEDULED = /^(?:Task|LambdaFunction)Scheduled$/;
const ENDED = /^(?:Task|LambdaFunction)(?:Succeeded|Failed|TimedOut)$/;

/** Every try of a task that ended, in order of time. */
export function recordedTasks({ events }: Pick<Recording, 'events'>): readonly RecordedTask[] {
  const byId = new Map(events.map((event) => [event.id, event]));
  return events
    .filter(({ type }) => ENDED.test(type))
    .flatMap((ended) => {
      const scheduled = before(ended, byId, (type) => SCHEDULED.test(type));
      const entered = scheduled && before(scheduled, byId, (type) => type.endsWith('StateEntered'));
      const payload = scheduled && payloadOf(scheduled);
      if (scheduled === undefined || entered === undefined || payload === undefined) return [];
      const state = String(entered.details['name']);
      const task = { ...keyOfTask(payload, state), args: argsOf(payload), end: endOf(ended) };
      return [{ ...task, tookMs: ended.timestamp - scheduled.timestamp }];
    });
}

/** What a task is found by: its step with its iterations; where it does not say, its state; and what it is asked. */
export function keyOfTask(
  payload: JsonObject,
  state: string,
): { readonly key: string; readonly step: string } {
  const { path, action = '', iteration } = payload;
  const step = typeof iteration === 'string' ? iteration : path;
  return typeof step === 'string'
    ? { key: `step ${step} ${String(action)}`, step }
    : { key: `state ${state}`, step: state };
}

/** Only what a step says: not by which token it is answered, nor in which execution it is. */
export function argsOf(payload: JsonObject): JsonObject {
  const { taskToken: _token, execution: _execution, attempt: _attempt, ...args } = payload;
  return args;
}

/** The nearest event of a kind before another. */
function before(
  event: RecordedEvent,
  byId: ReadonlyMap<number, RecordedEvent>,
  isMeant: (type: string) => boolean,
): RecordedEvent | undefined {
  let found = byId.get(event.previousEventId);
  while (found !== undefined && !isMeant(found.type)) found = byId.get(found.previousEventId);
  return found;
}

function payloadOf({ details }: RecordedEvent): JsonObject | undefined {
  const parameters = parsed(details['parameters']);
  const payload = isJsonObject(parameters) ? parameters['Payload'] : undefined;
  return isJsonObject(payload) ? payload : undefined;
}

function endOf({ type, details }: RecordedEvent): TaskEnd {
  if (type.endsWith('Succeeded')) return { kind: 'succeeded', output: parsed(details['output']) ?? null };
  const { error = 'States.Timeout', cause = '' } = details;
  return { kind: 'failed', error: String(error), cause: String(cause) };
}

function parsed(text: Json | undefined): Json | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
