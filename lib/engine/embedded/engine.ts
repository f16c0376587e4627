import { setImmediate } from 'node:timers/promises';
import { type Clock, systemClock } from '#core/clock.ts';
import { ClosableClock } from '#core/closable-clock.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { type Random, systemRandom } from '#core/random.ts';
import { Database } from '#storage/database.ts';
import type {
  Engine,
  ExecutionDescription,
  ExecutionEnded,
  ExecutionRef,
  Machine,
  Redriven,
  RedriveRequest,
  StartOptions,
  StateSkip,
  TaskAnswer,
  TaskFailure,
} from '../engine.ts';
import {
  cannotGoOn,
  ExecutionNotRedrivable,
  engineClosed,
  nameTaken,
  noExecution,
  tooLarge,
  unreadableExecution,
} from '../faults.ts';
import type { HistoryEvent } from '../history.ts';
import { redriveRefusal } from '../redrivable.ts';
import { Admission, type AdmissionLimits } from './admission/admission.ts';
import type { CallLimits } from './admission/calls.ts';
import { Work } from './admission/work.ts';
import type { MachineDefinition } from './definition.ts';
import { EndListeners, keyOf } from './end-listeners.ts';
import { executionContext } from './execution-context.ts';
import { Interventions } from './interventions.ts';
import { type Control, type JournalStore, type StoredExecution, UNTOUCHED } from './journal-store.ts';
import { jsonText, ownCopy } from './json-text.ts';
import { Machines } from './machines.ts';
import { MapRuns } from './map-runs.ts';
import { type MockedStates, mockedCalls } from './mocks.ts';
import { notifyEnded } from './notify-ended.ts';
import { openTasks } from './open-tasks.ts';
import type { Revisions } from './revisions.ts';
import { Run } from './run.ts';
import type { ItemStart, TaskOutcome, TaskRunner } from './states/task-runner.ts';
import { EngineStore } from './store.ts';
import { type EngineFunction, type ServiceOptions, TaskServices } from './task-services.ts';
import { executionOfToken, type TokenSigner, tokenSigner } from './task-token.ts';
import { embeddedArns, machineOfArn, qualifierOfArn } from './tokens.ts';
import { WaitingTasks } from './waiting-tasks.ts';

/** Settings of an {@link EmbeddedEngine}. */
export interface EmbeddedEngineOptions extends ServiceOptions {
  /** Where machines, executions and journals are kept: a SQLite file, or another store. */
  readonly database: Database | JournalStore;
  /** Functions by the token that names them in definitions, such as `CommandFunctionArn`. */
  readonly functions: Readonly<Record<string, EngineFunction>>;
  /** Machines by the token that names them in definitions, such as `UnwindStateMachineArn`. */
  readonly machines?: Readonly<Record<string, string>>;
  /** Machines that change. Default: none. */
  readonly revisions?: Revisions;
  /** Told when an execution has ended, at least once: again after a crash, and after `onEnded` itself failed. */
  readonly onEnded?: (event: ExecutionEnded) => Promise<void>;
  /** Told of executions that cannot be gone on with after a restart (SW4090). */
  readonly onDefect?: (error: unknown) => void;
  /** Told of events as they happen, for live displays. */
  readonly onEvents?: (ref: ExecutionRef, events: readonly HistoryEvent[]) => void;
  /** Answers of tasks that are mocked; the others call what they name. */
  readonly mocks?: MockedStates;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Defaults are the quotas of Step Functions. */
  readonly limits?: { readonly payloadBytes?: number; readonly historyEvents?: number };
  /** How much is taken on at once. */
  readonly admission?: AdmissionLimits;
  /** How functions are called. */
  readonly calls?: CallLimits;
}

const PAYLOAD_BYTES = 262_144;
const HISTORY_EVENTS = 25_000;
/** How long an answer is kept back after a crash for an execution to come back to its task, in ms. */
const COME_BACK_MS = 10_000;

/**
 * A durable interpreter of Amazon States Language in one process. Every transition is journaled before its effect is
 * visible; `recover` goes on where a crash left off.
 */
export class EmbeddedEngine implements Engine {
  readonly #options: EmbeddedEngineOptions;
  readonly #store: JournalStore;
  readonly #clock: ClosableClock;
  readonly #random: Random;
  readonly #signer: TokenSigner;
  readonly #services: TaskServices;
  readonly #machines: Machines;
  readonly #runs = new Map<number, Run>();
  /** Keys of what is in `#runs`, so that nobody has to ask the store for it. */
  readonly #running = new Set<string>();
  /** Executions that have been accepted, and wait for their turn to begin. */
  readonly #queued = new Set<number>();
  readonly #tasks = new WaitingTasks();
  /** Ends that are being told. */
  readonly #telling = new Map<number, Promise<void>>();
  readonly #listeners = new EndListeners();
  /** Runs of distributed Maps. */
  readonly mapRuns: MapRuns;
  readonly #admission: Admission;
  #closed = false;
  /** What cannot be written stops here; it goes on when the store is opened again. */
  #storeFailed = false;

  constructor(options: EmbeddedEngineOptions) {
    this.#options = options;
    const { database } = options;
    this.#store = database instanceof Database ? new EngineStore(database) : database;
    void this.#store.failed.then(() => {
      this.#storeFailed = true;
    });
    this.mapRuns = new MapRuns(this.#store);
    this.#clock = new ClosableClock(options.clock ?? systemClock);
    this.#random = options.random ?? systemRandom;
    this.#signer = tokenSigner(this.#store.secret());
    this.#admission = new Admission(options.admission);
    const tokens = embeddedArns(Object.keys(options.functions), options.machines ?? {});
    const { revisions } = options;
    this.#machines = new Machines({ store: this.#store, revisions, tokens, mapRuns: this.mapRuns });
    const functions = Object.entries(options.functions).map(
      ([token, called]) => [tokens[token] ?? token, called] as const,
    );
    const { calls = {} } = options;
    const maxCallsOf = Object.fromEntries(
      Object.entries(calls.maxCallsOf ?? {}).map(([token, most]) => [tokens[token] ?? token, most]),
    );
    this.#services = new TaskServices(new Map(functions), {
      ...{ ...options, calls: { ...calls, maxCallsOf }, clock: this.#clock },
    });
  }

  async deploy(machine: Machine): Promise<void> {
    await this.#machines.deploy(machine, this.#clock.now());
  }

  /**
   * Starts an execution as the port says, or accepts it for when there is room. Throws SW4081 and SW4082 when there is not
   * even room to wait.
   */
  async start(ref: ExecutionRef, given: Json, options: StartOptions = {}): Promise<void> {
    const { qualifier, isFollowUp = false } = options;
    const input = ownCopy(given);
    if (this.#closed) throw engineClosed();
    const known = this.#store.find(ref);
    if (known !== undefined) {
      if (jsonText(known.input) === jsonText(input)) return this.#store.durable();
      throw nameTaken(ref);
    }
    const size = Buffer.byteLength(jsonText(input));
    if (size > this.#payloadBytes) throw tooLarge(size, this.#payloadBytes);
    if (!isFollowUp) this.#admission.check();
    const chosen = this.#machines.choose(ref.machine, qualifier);
    const machine = this.#machines.named(chosen?.revision ?? ref.machine);
    await this.#launch(ref, input, { machine, note: () => chosen?.pin(ref) });
  }

  /** `note` writes, with the start, what else there is to keep; it gets the row id. */
  async #launch(ref: ExecutionRef, input: Json, { machine, note }: Launch): Promise<void> {
    const startedAt = this.#clock.now();
    await this.#store.commit(() => {
      const id = this.#store.add(ref, input, startedAt);
      note(id);
      const hasPlace = this.#admission.start(ref.machine, () => this.#beginQueued(ref));
      if (!hasPlace) return void this.#queued.add(id);
      const run = this.#begin({ id, ref, input, startedAt }, machine, { events: [], control: UNTOUCHED });
      // In the same group, so that it fails with it.
      run.flush().catch(() => undefined);
    });
  }

  /** Keeps room for one start that is a follow-up of this call, until it is given back. Throws SW4017, SW4081, SW4082. */
  reserve(): Disposable {
    if (this.#closed) throw engineClosed();
    return this.#admission.reserve();
  }

  async describe(ref: ExecutionRef): Promise<ExecutionDescription | undefined> {
    const found = this.#store.find(ref);
    if (found === undefined) return undefined;
    const { id, notified: _notified, ...description } = found;
    const told = { ...description, ...toldOf(description.status, this.#store.control.read(id)) };
    // All that was read: what is written from here on is not told.
    await this.#store.durable();
    return told;
  }

  async stop(ref: ExecutionRef, failure: TaskFailure): Promise<void> {
    const found = this.#store.find(ref);
    if (found === undefined) throw noExecution(ref);
    if (this.#queued.delete(found.id)) this.#beginToStop(found);
    const run = this.#runs.get(found.id);
    if (run === undefined && found.status === 'RUNNING') return this.#stopStranded(found, failure);
    run?.abort(failure);
    await run?.ended;
  }

  async redrive(ref: ExecutionRef, request: RedriveRequest = {}): Promise<Redriven> {
    if (this.#closed) throw engineClosed();
    this.#admission.check();
    await this.#untilTold(ref);
    const { machine: name = ref.machine } = request;
    const machine = request.machine === undefined ? this.#machines.of(ref) : this.#machines.named(name);
    return this.#redrive(this.#stored(ref), request, { machine, note: () => {} });
  }

  async #redrive(
    found: StoredExecution,
    request: RedriveRequest,
    { machine, note }: Launch,
  ): Promise<Redriven> {
    const { id, ref } = found;
    const maxEvents = this.#maxEvents;
    const events = this.#store.read(id, 1, Number.MAX_SAFE_INTEGER - 1);
    const now = this.#clock.now();
    const refusal = redriveRefusal({ ...found, events: events.length, maxEvents }, now);
    if (refusal !== undefined) throw new ExecutionNotRedrivable(refusal);
    const { machine: name = ref.machine, rewindTo = [], skip } = request;
    const redriveCount = this.#store.control.read(id).redrives.length + 1;
    // A clock that was put back does not put back the history.
    const at = Math.max(now, events.at(-1)?.timestamp ?? 0);
    const event = redrivenEvent(events.at(-1)?.id ?? 0, { redriveCount, at });
    await this.#store.commit(() => {
      this.#store.control.redrive(id, { event: event.id, at, rewindTo }, name);
      if (skip !== undefined) this.#store.control.skip(id, skip.enteredId, skip.result);
      this.#store.append(id, [event]);
      note(id);
    });
    const again = { ...found, ref: { ...ref, machine: name } };
    this.#options.onEvents?.(again.ref, [event]);
    if (this.#admission.start(name, () => this.#beginQueued(again.ref))) {
      this.#begin(again, machine, { events: [...events, event], control: this.#store.control.read(id) });
    } else {
      this.#queued.add(id);
    }
    return { redriveCount, redrivenAt: at };
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

  async succeedTask(taskToken: string, output: Json): Promise<TaskAnswer> {
    return this.#answer(taskToken, { kind: 'succeeded', output });
  }

  async failTask(taskToken: string, failure: TaskFailure): Promise<TaskAnswer> {
    return this.#answer(taskToken, { kind: 'failed', failure });
  }

  async heartbeatTask(taskToken: string): Promise<TaskAnswer> {
    return this.#tasks.heartbeat(taskToken);
  }

  /**
   * Goes on with every execution that had not ended, and tells again of ends that were not told. Once, before use. Gives
   * those executions. One that cannot be gone on with (SW4090) is told of by `onDefect` and left as it is; it can be stopped.
   */
  recover(): ExecutionRef[] {
    const onDefect = this.#options.onDefect ?? (() => {});
    const unsettled = this.#store.unsettled((id, reason) => onDefect(unreadableExecution(id, reason)));
    return [...unsettled].flatMap((execution) => {
      try {
        if (execution.status === 'RUNNING') this.#recover(execution);
        else this.#tell(execution.id, execution);
        return [execution.ref];
      } catch (reason) {
        onDefect(cannotGoOn(execution.ref, reason));
        return [];
      }
    });
  }

  /** Whether this engine made a task token; whether its task still waits is another question. */
  issued(taskToken: string): boolean {
    return this.#signer.isSigned(taskToken);
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
    return this.#runs.size;
  }

  /** How many executions have been accepted, and wait for their turn to begin. */
  get queued(): number {
    return this.#queued.size;
  }

  /** How many executions do something now; the others wait. */
  get working(): number {
    return this.#admission.running;
  }

  /**
   * Takes no more starts, begins nothing, and lets the calls that are under way end, until a time (ms since the epoch). Resolves
   * when what has been done is durable, with how many calls were still under way; those are made again, with the same token
   * and arguments, when the database is opened again. Nobody is told that a task was given up.
   */
  async drain(until: number): Promise<number> {
    this.#closed = true;
    this.#admission.hold();
    this.#services.calls.hold();
    const left = await this.#services.calls.whenIdle(until);
    // What the last calls gave is journaled in this turn.
    await setImmediate();
    this.#services.calls.stop();
    await Promise.all([...this.#runs.values()].map((run) => run.flush()));
    return left;
  }

  /** Resolves when an execution has ended; at once when it has. */
  whenEnded(ref: ExecutionRef): Promise<ExecutionDescription> {
    return new Promise((resolve) => {
      this.#listen(ref, resolve);
    });
  }

  /** Stops taking executions. What runs goes on when the database is opened again. */
  close(): void {
    this.#closed = true;
    this.#admission.hold();
    this.#services.calls.stop();
    this.#clock.close();
  }

  get #maxEvents(): number {
    return this.#options.limits?.historyEvents ?? HISTORY_EVENTS;
  }

  get #payloadBytes(): number {
    return this.#options.limits?.payloadBytes ?? PAYLOAD_BYTES;
  }

  #begin(
    { id, ref, input, startedAt }: Pick<StoredExecution, 'id' | 'ref' | 'input' | 'startedAt'>,
    machine: MachineDefinition,
    { events, control }: Before,
  ): Run {
    const { redrives } = control;
    const interventions = new Interventions(control);
    const work = new Work(this.#admission, ref.machine);
    const run = new Run(
      {
        ...{ id, ref, machine, input, startedAt, redrives, store: this.#store, clock: this.#clock },
        execution: {
          ...{ interventions, work },
          context: executionContext(ref, input, { startedAt, redrives }),
          toldContext: this.#options.revisions?.context?.(ref),
          clock: this.#clock,
          random: this.#random,
          maxPayloadBytes: this.#payloadBytes,
        },
        tasks: this.#taskRunner({ id, ref }, machine, redrives.length),
        maxEvents: this.#maxEvents,
        onEvents: this.#options.onEvents ?? (() => {}),
      },
      events,
    );
    this.#runs.set(id, run);
    this.#running.add(keyOf(ref));
    const left = (): void => {
      this.#runs.delete(id);
      this.#running.delete(keyOf(ref));
      work.end();
    };
    run.ended
      .then((description) => {
        left();
        this.#listeners.tell(description);
        this.#tell(id, description);
      })
      // A journal that cannot be written stops the execution here; it goes on at the next start.
      .catch(left);
    return run;
  }

  #tell(id: number, description: ExecutionDescription): void {
    const isItem = description.ref.machine.includes('/');
    const told = notifyEnded(description, {
      // Of the children of a distributed Map, its parent tells.
      onEnded: (isItem ? undefined : this.#options.onEnded) ?? (() => Promise.resolve()),
      clock: this.#clock,
      isClosed: () => this.#closed || this.#storeFailed,
      markNotified: () => this.#store.markNotified(id),
    }).finally(() => this.#telling.delete(id));
    this.#telling.set(id, told);
  }

  /** One that had begun comes back at once, so that answers find its tasks; one that had not waits for its turn. */
  #recover(execution: StoredExecution): void {
    const { id, ref } = execution;
    if (this.#store.read(id, 1, 1).length > 0) this.#admission.force();
    else if (!this.#admission.start(ref.machine, () => this.#beginQueued(ref))) {
      this.#queued.add(id);
      return;
    }
    this.#goOnInPlace(execution);
  }

  /** Begins one that was still in line, so that its stop is journaled; one that cannot begin is left to be ended as it is. */
  #beginToStop(execution: StoredExecution): void {
    this.#admission.force();
    try {
      this.#goOnInPlace(execution);
    } catch {}
  }

  /** Goes on with an execution that has taken a place, and gives the place back where it cannot. */
  #goOnInPlace(execution: StoredExecution): void {
    try {
      this.#goOn(execution);
    } catch (reason) {
      this.#admission.leave();
      throw reason;
    }
  }

  /** Begins an execution whose turn it is; false where it is not wanted any more. */
  #beginQueued(ref: ExecutionRef): boolean {
    if (this.#closed || this.#storeFailed) return false;
    try {
      const found = this.#store.find(ref);
      if (found === undefined || !this.#queued.has(found.id)) return false;
      this.#goOn(found);
      return this.#queued.delete(found.id);
    } catch {
      // A store that cannot be read: the execution goes on when it is opened again.
      return false;
    }
  }

  /** Goes on with an execution, which has a place. Answers to its open tasks wait until it has come back to them. */
  #goOn(execution: StoredExecution): void {
    const { id, ref } = execution;
    const events = this.#store.read(id, 1, Number.MAX_SAFE_INTEGER - 1);
    const missing = events.findIndex((event, index) => event.id !== index + 1);
    if (missing >= 0) throw new Error(`its journal is damaged: event ${missing + 1} is missing`);
    const before = { events, control: this.#store.control.read(id) };
    // Before anything is expected of it.
    const machine = this.#machines.of(ref);
    const { redrives } = before.control;
    const tokens = openTasks(before.events, redrives).map((eventId) =>
      this.#token(id, eventId, redrives.length),
    );
    this.#tasks.expect(tokens);
    const run = this.#begin(execution, machine, before);
    const timer = this.#clock.setTimer(this.#clock.now() + COME_BACK_MS, () => this.#tasks.forget(tokens));
    const done = (): void => {
      timer.cancel();
      this.#tasks.forget(tokens);
    };
    run.ended.then(done, done);
  }

  async #answer(token: string, outcome: TaskOutcome): Promise<TaskAnswer> {
    const answer = await this.#tasks.answer(token, outcome);
    if (answer === 'accepted') return answer;
    // That the task has ended must be durable before it is told.
    await this.#runs.get(executionOfToken(token))?.flush();
    await this.#store.durable();
    return answer;
  }

  /** Ends an execution that could not be gone on with. Its journal stays as it is: what it says may not be readable. */
  async #stopStranded({ id, ref, input, startedAt }: StoredExecution, failure: TaskFailure): Promise<void> {
    const end = { status: 'ABORTED' as const, ...failure, endedAt: Math.max(startedAt, this.#clock.now()) };
    await this.#store.commit(() => this.#store.end(id, end));
    const description = { ref, input, startedAt, ...end };
    this.#listeners.tell(description);
    this.#tell(id, description);
  }

  /** A task that is scheduled again by a redrive is another try: it has a token of its own. */
  #token(id: number, eventId: number, redrives: number): string {
    return this.#signer.sign(`${id}.${eventId}${redrives === 0 ? '' : `.${redrives}`}`);
  }

  #stored(ref: ExecutionRef): StoredExecution {
    const found = this.#store.find(ref);
    if (found === undefined) throw noExecution(ref);
    return found;
  }

  /** Resolves when the end of an execution that has one has been told: it would be told of the next run else. */
  async #untilTold(ref: ExecutionRef): Promise<void> {
    const { id, status } = this.#stored(ref);
    if (status === 'RUNNING') return;
    await this.#runs.get(id)?.ended;
    await this.#telling.get(id);
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

  #taskRunner(
    { id, ref }: Pick<StoredExecution, 'id' | 'ref'>,
    machine: MachineDefinition,
    redrives: number,
  ): TaskRunner {
    const again = redrives === 0 ? '' : `.${redrives}`;
    return {
      ref,
      isMocked: (state) => Object.hasOwn(this.#options.mocks ?? {}, state),
      mockedOutcome: mockedCalls(this.#options.mocks ?? {}),
      tokenAfter: (eventId) => this.#token(id, eventId, redrives),
      keyAfter: (eventId) => `${ref.name}:${eventId}${again}`,
      register: (token, task) => this.#tasks.register(token, task),
      hasFunction: (arn) => this.#services.hasFunction(arn),
      hasMachine: (arn) => this.#machines.has(machineOfArn(arn), qualifierOfArn(arn)),
      callFunction: (arn, payload, call) => this.#services.callFunction(arn, payload, call),
      callService: (request) => this.#services.callService(request),
      activities: this.#services.activities,
      objects: this.#services.objects,
      startChild: async (machineArn, name, input) => {
        const child = { machine: machineOfArn(machineArn), name };
        await this.start(child, input, { qualifier: qualifierOfArn(machineArn), isFollowUp: true });
        return child;
      },
      mapRuns: this.mapRuns.recordOf(id),
      startItem: (item) => this.#startItem(item, machine),
      findItem: (child) => this.#store.find(child),
      whenEnded: (child, listener) => this.#listen(child, listener),
      stopChild: (child) => {
        void this.stop(child, { error: 'States.TaskFailed', cause: 'The parent execution ended' }).catch(
          () => undefined,
        );
      },
    };
  }

  /** A child that was begun before has its input; made anew, it might be another one. It is redriven with its run. */
  async #startItem({ ref, run, round, items, input }: ItemStart, parent: MachineDefinition): Promise<void> {
    const { mapRuns } = this.#store;
    const found = this.#store.find(ref);
    const launch: Launch = {
      machine: this.#machines.processor(parent, ref),
      note: (execution) => mapRuns.putChild(run, { execution, items, round }),
    };
    if (found === undefined) return this.#launch(ref, await input(), launch);
    if (found.status === 'RUNNING' || found.status === 'SUCCEEDED') return;
    if ((mapRuns.child(run, found.id)?.round ?? round) >= round) return;
    await this.#untilTold(ref);
    try {
      await this.#redrive(found, {}, launch);
    } catch (error) {
      // It stays as it is, and counts as failed.
      if (!(error instanceof ExecutionNotRedrivable)) throw error;
      await this.#store.commit(() => launch.note(found.id));
    }
  }

  #listen(ref: ExecutionRef, listener: (description: ExecutionDescription) => void): () => void {
    // One that is still among the runs may have ended, but not yet durably.
    if (this.#running.has(keyOf(ref))) return this.#listeners.add(ref, listener);
    const found = this.#store.find(ref);
    if (found !== undefined && found.status !== 'RUNNING') {
      listener(found);
      return () => {};
    }
    return this.#listeners.add(ref, listener);
  }
}

/** What an execution is to run, and what is kept with its start. */
interface Launch {
  readonly machine: MachineDefinition;
  /** Part of the open group; `execution` is the row id. */
  note(execution: number): void;
}

/** What there is of an execution when it begins to run here. */
interface Before {
  readonly events: ConstructorParameters<typeof Run>[1];
  readonly control: Control;
}

function toldOf(
  status: ExecutionDescription['status'],
  { redrives, isPaused }: Control,
): Partial<ExecutionDescription> {
  const last = redrives.at(-1);
  return {
    ...(last === undefined ? {} : { redriveCount: redrives.length, redrivenAt: last.at }),
    ...(isPaused && status === 'RUNNING' ? { isPaused } : {}),
  };
}

/** It follows on the end of the execution. */
function redrivenEvent(previous: number, { redriveCount, at }: { redriveCount: number; at: number }) {
  const type = 'ExecutionRedriven' as const;
  return {
    ...{ id: previous + 1, previousEventId: previous, type, timestamp: at },
    ...{ details: { redriveCount }, thread: '' },
  };
}
