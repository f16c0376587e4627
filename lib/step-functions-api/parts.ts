import type { Clock } from '#core/clock.ts';
import type { JsonObject } from '#core/json.ts';
import type { ExecutionIndex, ExecutionQuery, ExecutionSummary } from '#engine/embedded/execution-index.ts';
import type { Engine, ExecutionDescription, ExecutionRef } from '#engine/engine.ts';
import type { ActivityQueue } from './activities/queue.ts';
import type { Catalogue } from './catalogue/catalogue.ts';
import type { TestMocks } from './test-state/mocks.ts';

/** The engine, as far as the API asks more of it than the port has. */
export interface ServedEngine extends Engine {
  /** Resolves when an execution has ended. */
  whenEnded(ref: ExecutionRef): Promise<ExecutionDescription>;
  /** Whether a task token is one of this engine's. */
  issued(taskToken: string): boolean;
  /** The definition of a machine of the engine's own; undefined when there is none. */
  definition(machine: string): JsonObject | undefined;
  /** Lets go of what is kept in memory of a revision that is no more. */
  forget(revision: string): void;
}

/** How an execution has been redriven. Times are ms since the Unix epoch. */
export interface RedriveState {
  readonly count: number;
  readonly redrivenAt?: number;
}

/** Redriving executions: going on from where they failed. */
export interface RedrivePort {
  /** How often an execution has been redriven. */
  state(ref: ExecutionRef): RedriveState;
  /** Why an execution cannot be redriven, in a sentence; undefined when it can. */
  refusal(description: ExecutionDescription): string | undefined;
  /** Redrives an execution; the time of it, in ms since the Unix epoch. */
  redrive(ref: ExecutionRef): Promise<number>;
}

/** A run of a distributed Map, its members as `DescribeMapRun` has them; times are seconds since the Unix epoch. */
export type MapRunDescription = JsonObject;

/** What `UpdateMapRun` may change. */
export interface MapRunChange {
  readonly maxConcurrency?: number | undefined;
  readonly toleratedFailurePercentage?: number | undefined;
  readonly toleratedFailureCount?: number | undefined;
}

/** Runs of distributed Maps. */
export interface MapRunPort {
  /** Runs of an execution, newest first, after the one with this ARN; as `ListMapRuns` has them. */
  list(execution: ExecutionRef, after: string | undefined, limit: number): readonly JsonObject[];
  /** Undefined when there is none. */
  describe(mapRunArn: string): MapRunDescription | undefined;
  /** `undefined`: there is no such run; `ended`: it runs no more. */
  update(mapRunArn: string, change: MapRunChange): Promise<'updated' | 'ended' | undefined>;
  /** Child executions of a run, newest first. Undefined when there is no such run. */
  children(mapRunArn: string, query: ChildQuery): readonly ChildSummary[] | undefined;
  /** The run that an execution is a child of; undefined when it is none. */
  ofChild(execution: ExecutionRef): ChildOf | undefined;
}

/** Which children of a run to list. */
export type ChildQuery = Omit<ExecutionQuery, 'machine'>;

/** What a list tells of a child. */
export interface ChildSummary extends ExecutionSummary {
  /** How many items it has. */
  readonly items?: number;
}

/** What an execution is as a child. */
export interface ChildOf {
  readonly mapRunArn: string;
  /** How many items it has. */
  readonly items: number;
  readonly parent: ExecutionRef;
}

/** What the API shares with the engine. */
export interface ServedParts {
  readonly engine: ServedEngine;
  readonly catalogue: Catalogue;
  /** The queue that the engine offers tasks of activities to. */
  readonly activities: ActivityQueue;
  /** Results of mocked tasks, which the engine has under `MOCK_FUNCTION`. */
  readonly mocks: TestMocks;
  readonly clock: Clock;
  /** Default: nothing can be redriven. */
  readonly redrive?: RedrivePort;
  /** Default: there are no map runs. */
  readonly mapRuns?: MapRunPort;
}

/** What operations work with. */
export interface ApiParts extends Required<ServedParts> {
  readonly executions: ExecutionIndex;
  /** A new UUID: of revisions, and of executions without a name. */
  readonly newUuid: () => string;
}
