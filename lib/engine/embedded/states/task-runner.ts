import type { Json } from '#core/json.ts';
import type { ExecutionDescription, ExecutionRef, TaskAnswer, TaskFailure } from '../../engine.ts';
import type { ActivityTasks } from '../activity-tasks.ts';
import type { MapRunRecord } from '../map-runs.ts';
import type { ServiceRequest } from '../services/caller.ts';
import type { ObjectStore } from '../services/object-store.ts';
import type { FunctionCall } from '../task-services.ts';

/** How a task ended. */
export type TaskOutcome =
  | { readonly kind: 'succeeded'; readonly output: Json }
  | { readonly kind: 'failed'; readonly failure: TaskFailure }
  | { readonly kind: 'timedOut'; readonly failure: TaskFailure; readonly isHeartbeat?: boolean };

/** A task that waits for an answer to its token. */
export interface WaitingTask {
  /** Ends the task; resolves when that is durable. `gone` when it has ended before. */
  answer(outcome: TaskOutcome): Promise<TaskAnswer>;
  /** Puts the end of its heartbeat off. */
  heartbeat(): void;
}

/** A child of a Map Run that is to begin, unless it was begun before. */
export interface ItemStart {
  /** Its machine is `<machine>/<label>`. */
  readonly ref: ExecutionRef;
  /** Row id of the run. */
  readonly run: number;
  /** The redrive of the run that it is begun in; one that failed in another one before is redriven. */
  readonly round: number;
  /** How many items it has. */
  readonly items: number;
  /** Makes its input; not asked where it was begun before. */
  input(): Promise<Json>;
}

/** What the engine does for tasks. */
export interface TaskRunner {
  /** The execution. */
  readonly ref: ExecutionRef;
  /** Whether a state's task is mocked, so that it calls nothing. */
  isMocked(state: string): boolean;
  /** How the next call of a state's task ends, where it is mocked; else undefined. */
  mockedOutcome(state: string): TaskOutcome | undefined;
  /** The token of the task that is scheduled after an event; the same each time it is asked for. */
  tokenAfter(eventId: number): string;
  /** What names the try of that task, for whom it calls; the same each time, too. */
  keyAfter(eventId: number): string;
  /** Lets the engine find a task by its token, until the returned function is called. */
  register(token: string, task: WaitingTask): () => void;
  /** Whether a function with this ARN is called in this process. */
  hasFunction(arn: string): boolean;
  /** Whether a machine with this ARN runs in this engine. */
  hasMachine(arn: string): boolean;
  /** Calls a service. Rejects with ServiceFailure. */
  callService(request: ServiceRequest): Promise<Json>;
  /** Where distributed Map states read items and write results. Throws ServiceFailure where there is none. */
  readonly objects: ObjectStore;
  /** Where tasks of activities wait for workers. */
  readonly activities: ActivityTasks;
  /** Calls a function by its ARN. Rejects with whatever the function throws. */
  callFunction(arn: string, payload: Json, call: FunctionCall): Promise<Json>;
  /** Starts an execution of a machine by its ARN, unless it was started before; gives where it is. */
  startChild(machineArn: string, name: string, input: Json): Promise<ExecutionRef>;
  /** The record of distributed Maps. */
  readonly mapRuns: MapRunRecord;
  /** Starts a child of a distributed Map. */
  startItem(item: ItemStart): Promise<void>;
  /** A child of a distributed Map, as it is now; undefined when it was never started. */
  findItem(ref: ExecutionRef): ExecutionDescription | undefined;
  /** Resolves when an execution has ended. The returned function gives up waiting. */
  whenEnded(ref: ExecutionRef, listener: (description: ExecutionDescription) => void): () => void;
  /** Stops an execution that nobody waits for any more. */
  stopChild(ref: ExecutionRef): void;
}
