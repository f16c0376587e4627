import type { ChildQuery, ChildSummary, EngineStatus, ExecutionRef } from '../engine.ts';

/** How many children of a Map Run are at once, and how many of its items may fail. */
export interface MapRunBounds {
  /** Most children at once; 0: as many as the engine takes. */
  readonly maxConcurrency: number;
  /** Undefined: not said, which is 0 where there is no percentage either. */
  readonly toleratedFailureCount?: number | undefined;
  /** From 0 to 100. Undefined: not said. */
  readonly toleratedFailurePercentage?: number | undefined;
}

/** How a Map Run stands. Times are ms since the Unix epoch. */
export interface MapRunState {
  readonly status: 'RUNNING' | 'SUCCEEDED' | 'FAILED' | 'ABORTED';
  readonly startedAt: number;
  readonly endedAt?: number | undefined;
  readonly bounds: MapRunBounds;
  /** All items; 0 until they have been read. */
  readonly items: number;
  /** All children; undefined where it is not known before the last of them begins. */
  readonly executions?: number | undefined;
  readonly redriveCount: number;
  readonly redrivenAt?: number | undefined;
}

/** The record of a Map Run: the run of a distributed Map, whose children are executions. */
export interface StoredMapRun extends MapRunState {
  /** Row id: of two runs, the one that began later has the larger. */
  readonly id: number;
  /** What its ARN ends with: `<machine>/<label>:<uuid>`. */
  readonly name: string;
  /** The execution that it is part of. */
  readonly parent: ExecutionRef;
}

/** Where a Map Run stands in its execution: row id of that, and the event that began the try of the Map. */
export interface MapRunPlace {
  readonly execution: number;
  readonly event: number;
}

/** A child of a Map Run. */
export interface MapRunChild {
  /** Row id of its execution. */
  readonly execution: number;
  /** How many items it has. */
  readonly items: number;
  /** The redrive of the run, counted from 0, in which it was last begun. */
  readonly round: number;
}

/** Children of a run that stand in the same way. */
export interface MapRunTally {
  readonly status: EngineStatus;
  readonly round: number;
  readonly executions: number;
  readonly items: number;
}

/** The record of Map Runs. Writes are part of the open group. */
export interface MapRunStore {
  /** A run by its name. */
  find(name: string): StoredMapRun | undefined;
  /** The run that stands at a place. */
  at(place: MapRunPlace): StoredMapRun | undefined;
  /** Runs of an execution, newest first, those before the one with this row id. */
  list(execution: number, before: number, limit: number): readonly StoredMapRun[];
  /** Adds a run; its row id. */
  add(place: MapRunPlace, name: string, state: MapRunState): number;
  /** Writes how a run stands now. */
  change(run: number, state: MapRunState): void;
  /** Adds a child to a run, or notes that it was begun anew. */
  putChild(run: number, child: MapRunChild): void;
  /** A child of a run, by the row id of its execution. */
  child(run: number, execution: number): MapRunChild | undefined;
  /** The run that an execution is a child of, and what it is there. */
  ofChild(execution: number): { readonly run: StoredMapRun; readonly child: MapRunChild } | undefined;
  /** Executions that are children of a run, the newest first. */
  children(run: number, query: ChildQuery): readonly ChildSummary[];
  /** How the children of a run stand. */
  tally(run: number): readonly MapRunTally[];
}
