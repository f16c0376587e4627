import type { Json, JsonObject } from '#core/json.ts';
import type { TraceContext } from '#core/trace-context.ts';
import type { HistoryEvent } from './history.ts';

/** A state machine to deploy. Machines are immutable: one name, one definition. */
export interface Machine {
  /** 1–80 characters of `A-Za-z0-9-_`. */
  readonly name: string;
  /** Amazon States Language. May name functions and machines by `${Token}`; the adapter fills them in. */
  readonly definition: JsonObject;
}

/** What a start says besides the execution and its input. */
export interface StartOptions {
  /** The version or alias of a machine that changes. */
  readonly qualifier?: string | undefined;
  /** Whether it is part of work that was accepted before, such as a child or an unwind: then it is not refused for load. */
  readonly isFollowUp?: boolean | undefined;
  /** The place in a trace that it is under. Step Functions tells X-Ray; embedded, traces are made of what is on record. */
  readonly trace?: TraceContext | undefined;
}

/** Names one execution: the machine it runs, and its own name, unique within that machine. */
export interface ExecutionRef {
  readonly machine: string;
  readonly name: string;
}

/** Where an execution of the engine may stand, by Step Functions' own words. */
export const ENGINE_STATUSES = [
  'RUNNING',
  'SUCCEEDED',
  'FAILED',
  'TIMED_OUT',
  'ABORTED',
  'PENDING_REDRIVE',
] as const;

/** Where an execution of the engine stands. */
export type EngineStatus = (typeof ENGINE_STATUSES)[number];

/** What `DescribeExecution` tells. Times are ms since the Unix epoch. */
export interface ExecutionDescription {
  readonly ref: ExecutionRef;
  readonly status: EngineStatus;
  readonly input: Json;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** How often it has been redriven; left out where it has not. */
  readonly redriveCount?: number;
  /** When it was redriven last. */
  readonly redrivenAt?: number;
  /** Whether it enters no state until it is resumed. */
  readonly isPaused?: boolean;
}

/** A failure that a task reports. */
export interface TaskFailure {
  /** The name Retry and Catch match. */
  readonly error: string;
  readonly cause: string;
}

/** What became of an answer to a task token. `gone`: the task has ended, timed out, or never was. */
export type TaskAnswer = 'accepted' | 'gone';

/** How an execution is redriven. Only the embedded engine takes any of these: Step Functions goes on with the same machine. */
export interface RedriveRequest {
  /** The machine that it goes on with; its own where left out. What has been done must stand in it unchanged. */
  readonly machine?: string;
  /**
   * Ids of the events by which states were entered that are to run again from their beginning, although they were left; or of
   * those by which Map states started that are to go on where they were.
   */
  readonly rewindTo?: readonly number[];
  /** A state that is left with this result, and not run. */
  readonly skip?: StateSkip;
  /** Child executions, and what of each is to run again in the same way when its Map Run is redriven. */
  readonly children?: readonly ChildRewind[];
}

/** Where a child execution of a distributed Map goes on when it is redriven. */
export interface ChildRewind {
  readonly ref: ExecutionRef;
  readonly rewindTo: readonly number[];
}

/** A state that is given a result in place of its own; its `Output` and `Assign` see it as `$states.result`. */
export interface StateSkip {
  /** Id of the event by which the state was entered. */
  readonly enteredId: number;
  readonly result: Json;
}

/** A run of a distributed Map of an execution, whose iterations are executions of their own. */
export interface MapRunSummary {
  readonly arn: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
}

/** A child execution of a Map Run. Times are ms since the Unix epoch. */
export interface ChildSummary {
  /** Its machine is `<machine>/<label>`. */
  readonly ref: ExecutionRef;
  readonly status: EngineStatus;
  readonly startedAt: number;
  readonly endedAt?: number;
}

/** Which children of a Map Run to list. */
export interface ChildQuery {
  readonly status?: EngineStatus;
  readonly most: number;
}

/** An execution that has been redriven. */
export interface Redriven {
  readonly redriveCount: number;
  /** Milliseconds since the Unix epoch. */
  readonly redrivenAt: number;
}

/**
 * Where state machines run: embedded, on the emulator, or on AWS. Every adapter passes the contract suite in
 * `test/contract/engine.ts`. Requests that cannot be served throw {@link StepwrightError}.
 */
export interface Engine {
  /** Deploys a machine. Deploying the same name with an equal definition changes nothing; with another one it is `conflict`. */
  deploy(machine: Machine): Promise<void>;
  /** Starts an execution. Idempotent by name and input while it runs; another input under the same name is `conflict`. */
  start(ref: ExecutionRef, input: Json, options?: StartOptions): Promise<void>;
  /**
   * Keeps room for one start, which is then a follow-up, until it is given back. Throws `too-many-requests` where there is none,
   * `unavailable` where nothing is started any more. Not there where the engine has no such bounds.
   */
  reserve?(): Disposable;
  /** Describes an execution; undefined when there is none. */
  describe(ref: ExecutionRef): Promise<ExecutionDescription | undefined>;
  /** Stops a running execution (status ABORTED). Without effect on one that has ended. */
  stop(ref: ExecutionRef, failure: TaskFailure): Promise<void>;
  /**
   * Goes on with an execution that has ended without success: states that were left keep their results, the others run again,
   * with all their retries. Throws {@link ExecutionNotRedrivable} (SW4060), SW4014, SW4061.
   */
  redrive(ref: ExecutionRef, request?: RedriveRequest): Promise<Redriven>;
  /** Whether it can pause executions: Step Functions cannot. */
  readonly canPause: boolean;
  /** Lets a running execution enter no state until it is resumed; what is under way goes on. Throws SW4061, SW4014. */
  pause(ref: ExecutionRef): Promise<void>;
  /** Lets a paused execution go on. Without effect on one that is not paused. Throws SW4061, SW4014. */
  resume(ref: ExecutionRef): Promise<void>;
  /** Ends a state of a running execution that waits for a time, or for its next try. `gone`: it does not wait any more. Throws SW4061, SW4014. */
  skipWait(ref: ExecutionRef, skip: StateSkip): Promise<TaskAnswer>;
  /** Events after the one with id `after` (0 for all), in order, at most 1,000 a call; empty at the end of what there is. */
  history(ref: ExecutionRef, after: number): Promise<readonly HistoryEvent[]>;
  /** Runs of distributed Maps of an execution, the newest first, at most 1,000; none where there is no such execution. */
  listMapRuns(ref: ExecutionRef): Promise<readonly MapRunSummary[]>;
  /** Child executions of a Map Run, the newest first; none where there is no such run. */
  listChildren(mapRunArn: string, query: ChildQuery): Promise<readonly ChildSummary[]>;
  /** How many histories of child executions one look may read: on AWS, each is a request of its own, and these are throttled. */
  readonly mostHistories: number;
  /** The execution that has this ARN. */
  refOf(executionArn: string): ExecutionRef;
  /** Completes the task that waits with this token. */
  succeedTask(taskToken: string, output: Json): Promise<TaskAnswer>;
  /** Fails the task that waits with this token. */
  failTask(taskToken: string, failure: TaskFailure): Promise<TaskAnswer>;
  /** Tells that the task that waits with this token is still being worked on. */
  heartbeatTask(taskToken: string): Promise<TaskAnswer>;
}

/** What an engine tells when an execution has ended: on AWS by EventBridge, embedded by callback, at least once. */
export interface ExecutionEnded {
  readonly ref: ExecutionRef;
  readonly status: Exclude<EngineStatus, 'RUNNING' | 'PENDING_REDRIVE'>;
  readonly output?: Json;
  readonly error?: string;
  readonly cause?: string;
  /** Milliseconds since the Unix epoch. */
  readonly endedAt: number;
}
