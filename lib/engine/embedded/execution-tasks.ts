import type { Json } from '#core/json.ts';
import type { ChildRewind, ExecutionDescription, ExecutionRef } from '../engine.ts';
import type { ActivityTasks } from './activity-tasks.ts';
import type { MachineDefinition } from './definition.ts';
import type { JournalStore, StoredExecution } from './journal-store.ts';
import type { Machines } from './machines.ts';
import type { MapRunRecord, MapRuns } from './map-runs.ts';
import { type MockedStates, mockedCalls } from './mocks.ts';
import type { Runs } from './runs.ts';
import type { ServiceRequest } from './services/caller.ts';
import type { ObjectStore } from './services/object-store.ts';
import type { Starts } from './starts.ts';
import type { ItemStart, TaskOutcome, TaskRunner, WaitingTask } from './states/task-runner.ts';
import type { FunctionCall, TaskServices } from './task-services.ts';
import type { TaskTokens } from './task-token.ts';
import { machineOfArn, qualifierOfArn } from './tokens.ts';
import type { WaitingTasks } from './waiting-tasks.ts';

/** What the tasks of all executions of an engine use. */
export interface ExecutionTasksParts {
  readonly store: JournalStore;
  readonly machines: Machines;
  readonly mapRuns: MapRuns;
  readonly mocks: MockedStates;
  readonly runs: Runs;
  readonly services: TaskServices;
  readonly starts: Starts;
  readonly tokens: TaskTokens;
  readonly waiting: WaitingTasks;
}

/** What one execution is to its tasks. */
export interface ExecutionOfTasks extends Pick<StoredExecution, 'id' | 'ref'> {
  readonly machine: MachineDefinition;
  /** How often it has been redriven. */
  readonly redrives: number;
  /** Where its children go on, which are redriven with it. */
  readonly rewinds: readonly ChildRewind[];
}

/** What the tasks of one execution can do. There are as many as executions that run: what is rarely asked for is made when it is. */
export class ExecutionTasks implements TaskRunner {
  readonly #parts: ExecutionTasksParts;
  readonly #execution: ExecutionOfTasks;
  #mockedOutcome: TaskRunner['mockedOutcome'] | undefined;

  constructor(parts: ExecutionTasksParts, execution: ExecutionOfTasks) {
    this.#parts = parts;
    this.#execution = execution;
  }

  get ref(): ExecutionRef {
    return this.#execution.ref;
  }

  get activities(): ActivityTasks {
    return this.#parts.services.activities;
  }

  get objects(): ObjectStore {
    return this.#parts.services.objects;
  }

  get mapRuns(): MapRunRecord {
    return this.#parts.mapRuns.recordOf(this.#execution.id);
  }

  isMocked(state: string): boolean {
    return Object.hasOwn(this.#parts.mocks, state);
  }

  mockedOutcome(state: string): TaskOutcome | undefined {
    this.#mockedOutcome ??= mockedCalls(this.#parts.mocks);
    return this.#mockedOutcome(state);
  }

  tokenAfter(eventId: number): string {
    const { id, redrives } = this.#execution;
    return this.#parts.tokens.of(id, eventId, redrives);
  }

  keyAfter(eventId: number): string {
    const { ref, redrives } = this.#execution;
    return `${ref.name}:${eventId}${redrives === 0 ? '' : `.${redrives}`}`;
  }

  register(token: string, task: WaitingTask): () => void {
    return this.#parts.waiting.register(token, task);
  }

  hasFunction(arn: string): boolean {
    return this.#parts.services.hasFunction(arn);
  }

  hasMachine(arn: string): boolean {
    return this.#parts.machines.has(machineOfArn(arn), qualifierOfArn(arn));
  }

  callFunction(arn: string, payload: Json, call: FunctionCall): Promise<Json> {
    return this.#parts.services.callFunction(arn, payload, call);
  }

  callService(request: ServiceRequest): Promise<Json> {
    return this.#parts.services.callService(request);
  }

  async startChild(machineArn: string, name: string, input: Json): Promise<ExecutionRef> {
    const child = { machine: machineOfArn(machineArn), name };
    const qualifier = qualifierOfArn(machineArn);
    await this.#parts.starts.start(child, input, { qualifier, isFollowUp: true });
    return child;
  }

  startItem(item: ItemStart): Promise<void> {
    return this.#parts.starts.startItem(item, this.#execution);
  }

  findItem(ref: ExecutionRef): ExecutionDescription | undefined {
    return this.#parts.store.find(ref);
  }

  whenEnded(ref: ExecutionRef, listener: (description: ExecutionDescription) => void): () => void {
    return this.#parts.runs.listen(ref, listener);
  }

  /** Where the store takes no more, the child is stopped once parent and child go on: nothing of this is on record then. */
  stopChild(ref: ExecutionRef): void {
    void this.#stop(ref).catch(() => undefined);
  }

  async #stop(ref: ExecutionRef): Promise<void> {
    const found = this.#parts.store.find(ref);
    const failure = { error: 'States.TaskFailed', cause: 'The parent execution ended' };
    if (found !== undefined) await this.#parts.runs.stop(found, failure);
  }
}
