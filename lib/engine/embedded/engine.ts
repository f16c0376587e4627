import { setImmediate } from 'node:timers/promises';
import { systemClock } from '#core/clock.ts';
import { ClosableClock } from '#core/closable-clock.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { systemRandom } from '#core/random.ts';
import { Database } from '#storage/database.ts';
import type {
  ChildQuery,
  ChildSummary,
  Engine,
  ExecutionDescription,
  ExecutionRef,
  Machine,
  MapRunSummary,
  Redriven,
  RedriveRequest,
  StartOptions,
  StateSkip,
  TaskAnswer,
  TaskFailure,
} from '../engine.ts';
import { noExecution } from '../faults.ts';
import type { HistoryEvent } from '../history.ts';
import { Admission } from './admission/admission.ts';
import type { EmbeddedEngineOptions } from './engine-options.ts';
import { ExecutionTasks } from './execution-tasks.ts';
import type { JournalStore, StoredExecution } from './journal-store.ts';
import { Machines } from './machines.ts';
import { MapRuns } from './map-runs.ts';
import { operatedOn } from './operated-on.ts';
import { Runs } from './runs.ts';
import { Starts } from './starts.ts';
import type { TaskOutcome } from './states/task-runner.ts';
import { EngineStore } from './store.ts';
import { TaskServices } from './task-services.ts';
import { TaskTokens } from './task-token.ts';
import { embeddedArns } from './tokens.ts';
import { WaitingTasks } from './waiting-tasks.ts';

const PAYLOAD_BYTES = 262_144;
const HISTORY_EVENTS = 25_000;

/**
 * A durable interpreter of Amazon States Language in one process. Every transition is journaled before its effect is
 * visible; `recover` goes on where a crash left off.
 */
export class EmbeddedEngine implements Engine {
  readonly #store: JournalStore;
  readonly #clock: ClosableClock;
  readonly #tokens: TaskTokens;
  readonly #services: TaskServices;
  readonly #machines: Machines;
  readonly #waiting = new WaitingTasks();
  readonly #admission: Admission;
  readonly #runs: Runs;
  readonly #starts: Starts;
  /** Runs of distributed Maps. */
  readonly mapRuns: MapRuns;

  constructor(options: EmbeddedEngineOptions) {
    const { database, revisions, mocks = {}, limits: given } = options;
    const store = database instanceof Database ? new EngineStore(database) : database;
    const arns = embeddedArns(Object.keys(options.functions), options.machines ?? {});
    const limits = { payloadBytes: PAYLOAD_BYTES, historyEvents: HISTORY_EVENTS, ...given };
    this.#store = store;
    this.#clock = new ClosableClock(options.clock ?? systemClock);
    this.#tokens = new TaskTokens(options.secret ?? store.secret());
    this.#admission = new Admission(options.admission);
    this.mapRuns = new MapRuns(store);
    this.#machines = new Machines({ store, revisions, tokens: arns, mapRuns: this.mapRuns });
    this.#services = new TaskServices({ ...options, arns, clock: this.#clock });
    const parts = {
      ...{ store, limits, clock: this.#clock, machines: this.#machines, mapRuns: this.mapRuns },
      ...{ tokens: this.#tokens, waiting: this.#waiting, admission: this.#admission, listeners: options },
    };
    const runs = new Runs({
      ...{ ...parts, revisions, random: options.random ?? systemRandom },
      tasksOf: (execution) => new ExecutionTasks(ofTasks, execution),
    });
    const starts = new Starts({ ...parts, runs });
    const ofTasks = { ...parts, mocks, runs, starts, services: this.#services };
    this.#runs = runs;
    this.#starts = starts;
  }

  async deploy(machine: Machine): Promise<void> {
    await this.#machines.deploy(machine, this.#clock.now());
  }

  /** As the port says. Throws SW4081 and SW4082 when there is not even room to wait. */
  async start(ref: ExecutionRef, input: Json, options: StartOptions = {}): Promise<void> {
    await this.#starts.start(ref, input, options);
  }

  /** Keeps room for one start that is a follow-up of this call, until it is given back. Throws SW4017, SW4081, SW4082. */
  reserve(): Disposable {
    return this.#starts.reserve();
  }

  async describe(ref: ExecutionRef): Promise<ExecutionDescription | undefined> {
    const found = this.#store.find(ref);
    if (found === undefined) return undefined;
    const { id, notified: _notified, ...description } = found;
    const told = { ...description, ...operatedOn(description.status, this.#store.control.read(id)) };
    // All that was read: what is written from here on is not told.
    await this.#store.durable();
    return told;
  }

  async stop(ref: ExecutionRef, failure: TaskFailure): Promise<void> {
    await this.#runs.stop(this.#stored(ref), failure);
  }

  async redrive(ref: ExecutionRef, request: RedriveRequest = {}): Promise<Redriven> {
    return this.#starts.redrive(ref, request);
  }

  /** How often an execution has been redriven, and when last; times are ms since the epoch. */
  redriveState(ref: ExecutionRef): { readonly count: number; readonly redrivenAt?: number } {
    const { redrives } = this.#store.control.read(this.#stored(ref).id);
    const last = redrives.at(-1);
    return { count: redrives.length, ...(last === undefined ? {} : { redrivenAt: last.at }) };
  }

  async pause(ref: ExecutionRef): Promise<void> {
    await this.#setPaused(ref, true);
  }

  async resume(ref: ExecutionRef): Promise<void> {
    await this.#setPaused(ref, false);
  }

  async skipWait(ref: ExecutionRef, { enteredId, result }: StateSkip): Promise<TaskAnswer> {
    const { id } = this.#stored(ref);
    const run = this.#runs.get(id);
    if (run?.interventions.claim(enteredId) !== true) return 'gone';
    await this.#store.commit(() => this.#store.control.skip(id, enteredId, result));
    return run.interventions.skip(enteredId, result) ? 'accepted' : 'gone';
  }

  async history(ref: ExecutionRef, after: number): Promise<readonly HistoryEvent[]> {
    const found = this.#store.find(ref);
    if (found === undefined) throw noExecution(ref);
    await this.#runs.get(found.id)?.flush();
    const events = this.#store.read(found.id, after + 1, 1_000).slice(0, 1_000);
    // Others may have written since the flush.
    await this.#store.durable();
    // What the journal keeps besides is not the history's.
    return events.map(({ type, details, previousEventId, id, timestamp }) => {
      return { type, details, previousEventId, id, timestamp };
    });
  }

  listMapRuns(ref: ExecutionRef): Promise<readonly MapRunSummary[]> {
    return this.mapRuns.summaries(ref);
  }

  listChildren(mapRunArn: string, query: ChildQuery): Promise<readonly ChildSummary[]> {
    return this.mapRuns.children(mapRunArn, query);
  }

  /** What is read here is in this process. */
  readonly mostHistories = 10_000;
  readonly canPause = true;

  refOf(executionArn: string): ExecutionRef {
    const [machine = '', name = ''] = executionArn.split(':').slice(6);
    return { machine, name };
  }

  async succeedTask(taskToken: string, output: Json): Promise<TaskAnswer> {
    return this.#answer(taskToken, { kind: 'succeeded', output });
  }

  async failTask(taskToken: string, failure: TaskFailure): Promise<TaskAnswer> {
    return this.#answer(taskToken, { kind: 'failed', failure });
  }

  async heartbeatTask(taskToken: string): Promise<TaskAnswer> {
    return this.#waiting.heartbeat(taskToken);
  }

  /**
   * Goes on with every execution that had not ended, and tells again of ends that were not told. Once, before use. Gives
   * those executions. One that cannot be gone on with (SW4090) is told of by `onDefect` and left as it is; it can be stopped.
   */
  recover(): ExecutionRef[] {
    return this.#runs.recover();
  }

  /** Whether this engine made a task token; whether its task still waits is another question. */
  issued(taskToken: string): boolean {
    return this.#tokens.isOwn(taskToken);
  }

  /** The definition of a machine that never changes, its tokens filled in; undefined when there is none. */
  definition(machine: string): JsonObject | undefined {
    return this.#machines.definition(machine);
  }

  /** Lets go of what is kept in memory of a revision that is no more. */
  forget(revision: string): void {
    this.#machines.forget(revision);
  }

  /** How many executions have begun in this process, and have not ended. */
  get running(): number {
    return this.#runs.running;
  }

  /** How many executions have been accepted, and wait for their turn to begin. */
  get queued(): number {
    return this.#runs.queued;
  }

  /** How many executions do something now; the others wait. */
  get working(): number {
    return this.#admission.running;
  }

  /** How many calls of functions are under way, and how many wait for a place. */
  get calls(): { readonly running: number; readonly waiting: number } {
    return this.#services.calls.counts;
  }

  /**
   * Takes no more starts, begins nothing, and lets the calls that are under way end, until a time (ms since the epoch). Resolves
   * when what has been done is durable, with how many calls were still under way; those are made again, with the same token
   * and arguments, when the database is opened again. Nobody is told that a task was given up.
   */
  async drain(until: number): Promise<number> {
    this.#admission.hold();
    this.#services.calls.hold();
    const left = await this.#services.calls.whenIdle(until);
    // What the last calls gave is journaled in this turn.
    await setImmediate();
    this.#services.calls.stop();
    await this.#runs.flush();
    return left;
  }

  /** Resolves when an execution has ended; at once when it has. */
  whenEnded(ref: ExecutionRef): Promise<ExecutionDescription> {
    return new Promise((resolve) => {
      this.#runs.listen(ref, resolve);
    });
  }

  /** Stops taking executions. What runs goes on when the database is opened again. */
  close(): void {
    this.#admission.hold();
    this.#services.calls.stop();
    this.#clock.close();
  }

  async #answer(token: string, outcome: TaskOutcome): Promise<TaskAnswer> {
    const answer = await this.#waiting.answer(token, outcome);
    // That the task has ended must be durable before it is told.
    if (answer === 'gone') await this.#runs.flushOf(token);
    return answer;
  }

  #stored(ref: ExecutionRef): StoredExecution {
    const found = this.#store.find(ref);
    if (found === undefined) throw noExecution(ref);
    return found;
  }

  async #setPaused(ref: ExecutionRef, isPaused: boolean): Promise<void> {
    const { id, status } = this.#stored(ref);
    // That it has ended must be durable before anybody relies on it.
    if (status !== 'RUNNING') return this.#store.durable();
    const interventions = this.#runs.get(id)?.interventions;
    if (isPaused) interventions?.pause();
    await this.#store.commit(() => this.#store.control.setPaused(id, isPaused));
    if (!isPaused) interventions?.resume();
  }
}
