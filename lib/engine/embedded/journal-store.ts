import type { Json, JsonObject } from '#core/json.ts';
import type { ChildRewind, ExecutionDescription, ExecutionRef, TaskFailure } from '../engine.ts';
import type { HistoryEvent } from '../history.ts';
import type { MapRunStore } from './map-run-store.ts';
import type { Rewind } from './replay.ts';

/** An event as it is journaled: what the history shows, and what recovery needs besides. */
export interface JournalEvent extends HistoryEvent {
  /** The branch or iteration that it belongs to; '' for the machine itself. */
  readonly thread: string;
  /** On an exit: the state that follows. */
  readonly next?: string | undefined;
  /** On the start of a Map whose items would come out otherwise each time: its items. */
  readonly items?: readonly Json[] | undefined;
  /** On the end of a Map or Parallel, or the start of its next try: why the try before it failed. */
  readonly failure?: TaskFailure | undefined;
  /** On the timeout of a task: whether it was for want of a heartbeat. */
  readonly isHeartbeat?: boolean | undefined;
}

/** How an execution stands in the store. */
export interface StoredExecution extends ExecutionDescription {
  /** Row id. No two executions ever have the same one. */
  readonly id: number;
  /** Whether its end has been told. */
  readonly notified: boolean;
}

/** One redrive of an execution. */
export interface StoredRedrive extends Rewind {
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** Where its child executions go on when their Map Runs are redriven with it. */
  readonly children?: readonly ChildRewind[] | undefined;
}

/** What operators have done to an execution, as far as the engine has to know when it goes on. */
export interface Control {
  readonly redrives: readonly StoredRedrive[];
  readonly isPaused: boolean;
  /** Results that stand in for those of states, by the id of the event by which the state was entered. */
  readonly skips: ReadonlyMap<number, Json>;
}

/** What there is of an execution that nobody has touched. */
export const UNTOUCHED: Control = { redrives: [], isPaused: false, skips: new Map() };

/** The record of redrives, pauses and skipped states. Writes are part of the open group. */
export interface ControlStore {
  /** What there is of an execution, by its id. */
  read(id: number): Control;
  /** Makes an ended execution run again, on this machine. */
  redrive(id: number, redrive: StoredRedrive, machine: string): void;
  /** Gives a state a result in place of its own. */
  skip(id: number, event: number, result: Json): void;
  /** Pauses an execution, or lets it go on. */
  setPaused(id: number, isPaused: boolean): void;
}

/** How an execution ended. */
export type ExecutionEnd = Omit<ExecutionDescription, 'ref' | 'input' | 'startedAt'>;

/**
 * Where the engine keeps machines, executions and their journals. What is written goes into the open group and is read
 * from then on; the group becomes durable as a whole, or is lost as a whole. A store that could not write a group has
 * failed: it rejects everything that waits for the group, and all that comes after, until it is opened anew. Every adapter
 * passes the suite in `test/contract/journal-store.ts`.
 */
export interface JournalStore {
  /** What operators have done. */
  readonly control: ControlStore;
  /** Runs of distributed Maps. */
  readonly mapRuns: MapRunStore;
  /** Resolves when a group could not be written. */
  readonly failed: Promise<unknown>;
  /** Runs `work`, which writes, at once; resolves with its value when that is durable. Rejects with what work throws. */
  commit<T>(work: () => T): Promise<T>;
  /**
   * Runs `work`, which writes and does not throw, as the last thing of the open group; resolves when that is durable. So
   * whatever comes up until then can be written at once.
   */
  commitLate(work: () => void): Promise<void>;
  /** Resolves when all that was written so far is durable. */
  durable(): Promise<void>;
  /** The secret with which task tokens are signed: always the same of one store. */
  secret(): Buffer;
  /** The definition of a machine, as it was deployed. */
  machine(name: string): JsonObject | undefined;
  /** Adds a machine. Durable when it resolves. */
  addMachine(name: string, definition: JsonObject): Promise<void>;
  /** An execution by its machine and name. */
  find(ref: ExecutionRef): StoredExecution | undefined;
  /** Executions that run, or whose end has not been told, the oldest first; a row that cannot be read is told of, and left out. */
  unsettled(onUnreadable: (id: number, reason: unknown) => void): readonly StoredExecution[];
  /** Adds a running execution; its id. Inside {@link commit}. */
  add(ref: ExecutionRef, input: Json, startedAt: number): number;
  /** Writes the end of an execution. Inside {@link commit}. */
  end(id: number, end: ExecutionEnd): void;
  /** Appends events to a journal; none is nothing. Inside {@link commit}. */
  append(id: number, events: readonly JournalEvent[]): void;
  /** Events from the one with this id on, at least `count` of them where there are so many. */
  read(id: number, from: number, count: number): JournalEvent[];
  /** Notes that the end of an execution has been told. Durable when it resolves. */
  markNotified(id: number): Promise<void>;
}
