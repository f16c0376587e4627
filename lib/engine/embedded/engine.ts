import { type Clock, systemClock } from '#core/clock.ts';
import type { Json } from '#core/json.ts';
import { type Random, systemRandom } from '#core/random.ts';
import { Database } from '#storage/database.ts';
import type {
  Engine,
  ExecutionDescription,
  ExecutionEnded,
  ExecutionRef,
  Machine,
  TaskAnswer,
  TaskFailure,
} from '../engine.ts';
import { engineClosed, nameTaken, noExecution, noMachine, otherDefinition, tooLarge } from '../faults.ts';
import type { HistoryEvent } from '../history.ts';
import { parseDefinition } from './check-definition.ts';
import { distributedProcessor, type MachineDefinition } from './definition.ts';
import { EndListeners } from './end-listeners.ts';
import { executionContext } from './execution-context.ts';
import type { JournalStore, StoredExecution } from './journal-store.ts';
import { type MockedStates, mockedCalls } from './mocks.ts';
import { notifyEnded } from './notify-ended.ts';
import { openTasks } from './open-tasks.ts';
import { Run } from './run.ts';
import type { TaskOutcome, TaskRunner } from './states/task-runner.ts';
import { EngineStore } from './store.ts';
import { type EngineFunction, type ServiceOptions, TaskServices } from './task-services.ts';
import { executionOfToken, signToken } from './task-token.ts';
import { embeddedArns, machineOfArn, substituteTokens } from './tokens.ts';
import { WaitingTasks } from './waiting-tasks.ts';

/** Settings of an {@link EmbeddedEngine}. */
export interface EmbeddedEngineOptions extends ServiceOptions {
  /** Where machines, executions and journals are kept: a SQLite file, or another store. */
  readonly database: Database | JournalStore;
  /** Functions by the token that names them in definitions, such as `CommandFunctionArn`. */
  readonly functions: Readonly<Record<string, EngineFunction>>;
  /** Machines by the token that names them in definitions, such as `UnwindStateMachineArn`. */
  readonly machines?: Readonly<Record<string, string>>;
  /** Told when an execution has ended, at least once: again after a crash, and after `onEnded` itself failed. */
  readonly onEnded?: (event: ExecutionEnded) => Promise<void>;
  /** Told of events as they happen, for live displays. */
  readonly onEvents?: (ref: ExecutionRef, events: readonly HistoryEvent[]) => void;
  /** Answers of tasks that are mocked; the others call what they name. */
  readonly mocks?: MockedStates;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Defaults are the quotas of Step Functions. */
  readonly limits?: { readonly payloadBytes?: number; readonly historyEvents?: number };
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
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #secret: Buffer;
  readonly #tokens: Readonly<Record<string, string>>;
  readonly #services: TaskServices;
  readonly #machines = new Map<string, MachineDefinition>();
  readonly #runs = new Map<number, Run>();
  readonly #tasks = new WaitingTasks();
  readonly #listeners = new EndListeners();
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
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#secret = this.#store.secret();
    this.#tokens = embeddedArns(Object.keys(options.functions), options.machines ?? {});
    const functions = Object.entries(options.functions).map(
      ([token, called]) => [this.#tokens[token] ?? token, called] as const,
    );
    this.#services = new TaskServices(new Map(functions), options);
  }

  async deploy({ name, definition }: Machine): Promise<void> {
    const known = this.#store.machine(name);
    if (known === undefined) {
      parseDefinition(name, definition);
      await this.#store.addMachine(name, definition);
    } else if (JSON.stringify(known) !== JSON.stringify(definition)) {
      throw otherDefinition(name);
    }
  }

  async start(ref: ExecutionRef, input: Json): Promise<void> {
    if (this.#closed) throw engineClosed();
    const known = this.#store.find(ref);
    if (known !== undefined) {
      if (JSON.stringify(known.input) === JSON.stringify(input)) return this.#store.durable();
      throw nameTaken(ref);
    }
    const size = Buffer.byteLength(JSON.stringify(input));
    if (size > this.#payloadBytes) throw tooLarge(size, this.#payloadBytes);
    const machine = this.#machine(ref.machine);
    const startedAt = this.#clock.now();
    await this.#store.commit(() => {
      const id = this.#store.add(ref, input, startedAt);
      const run = this.#begin({ id, ref, input, startedAt }, machine, []);
      // In the same group, so that it fails with it.
      run.flush().catch(() => undefined);
    });
  }

  async describe(ref: ExecutionRef): Promise<ExecutionDescription | undefined> {
    const found = this.#store.find(ref);
    await this.#store.durable();
    if (found === undefined) return undefined;
    const { id: _id, notified: _notified, ...description } = found;
    return description;
  }

  async stop(ref: ExecutionRef, failure: TaskFailure): Promise<void> {
    const found = this.#store.find(ref);
    if (found === undefined) throw noExecution(ref);
    const run = this.#runs.get(found.id);
    run?.abort(failure);
    await run?.ended;
  }

  async history(ref: ExecutionRef, after: number): Promise<readonly HistoryEvent[]> {
    const found = this.#store.find(ref);
    if (found === undefined) throw noExecution(ref);
    await this.#runs.get(found.id)?.flush();
    const events = this.#store.read(found.id, after + 1, 1_000).slice(0, 1_000);
    // Others may have written since the flush.
    await this.#store.durable();
    return events.map(({ thread: _thread, next: _next, items: _items, ...event }) => event);
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
   * those executions.
   */
  recover(): ExecutionRef[] {
    const unsettled = [...this.#store.unsettled()];
    for (const execution of unsettled) {
      if (execution.status === 'RUNNING') {
        this.#resume(execution);
      } else {
        this.#tell(execution.id, execution);
      }
    }
    return unsettled.map(({ ref }) => ref);
  }

  /** How many executions run in this process. */
  get running(): number {
    return this.#runs.size;
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
  }

  get #payloadBytes(): number {
    return this.#options.limits?.payloadBytes ?? PAYLOAD_BYTES;
  }

  #machine(name: string): MachineDefinition {
    const cached = this.#machines.get(name);
    if (cached !== undefined) return cached;
    const machine = this.#processor(name) ?? this.#deployed(name);
    this.#machines.set(name, machine);
    return machine;
  }

  #deployed(name: string): MachineDefinition {
    const definition = this.#store.machine(name);
    if (definition === undefined) throw noMachine(name);
    return parseDefinition(name, substituteTokens(definition, this.#tokens));
  }

  /** What the children of a distributed Map run, `<machine>/<label>`: the processor of that state. */
  #processor(name: string): MachineDefinition | undefined {
    const slash = name.lastIndexOf('/');
    if (slash === -1) return undefined;
    const machine = this.#machine(name.slice(0, slash));
    const processor = distributedProcessor(machine, name.slice(slash + 1));
    if (processor === undefined) throw noMachine(name);
    return { ...processor, QueryLanguage: machine.QueryLanguage };
  }

  #begin(
    { id, ref, input, startedAt }: Pick<StoredExecution, 'id' | 'ref' | 'input' | 'startedAt'>,
    machine: MachineDefinition,
    events: ConstructorParameters<typeof Run>[1],
  ): Run {
    const run = new Run(
      {
        ...{ id, ref, machine, input, startedAt, store: this.#store, clock: this.#clock },
        execution: {
          context: executionContext(ref, input, startedAt),
          clock: this.#clock,
          random: this.#random,
          maxPayloadBytes: this.#payloadBytes,
        },
        tasks: this.#taskRunner(id, ref),
        maxEvents: this.#options.limits?.historyEvents ?? HISTORY_EVENTS,
        onEvents: this.#options.onEvents ?? (() => {}),
      },
      events,
    );
    this.#runs.set(id, run);
    run.ended
      .then((description) => {
        this.#runs.delete(id);
        this.#listeners.tell(description);
        this.#tell(id, description);
      })
      // A journal that cannot be written stops the execution here; it goes on at the next start.
      .catch(() => this.#runs.delete(id));
    return run;
  }

  #tell(id: number, description: ExecutionDescription): void {
    const isItem = description.ref.machine.includes('/');
    void notifyEnded(description, {
      // Of the children of a distributed Map, its parent tells.
      onEnded: (isItem ? undefined : this.#options.onEnded) ?? (() => Promise.resolve()),
      clock: this.#clock,
      isClosed: () => this.#closed || this.#storeFailed,
      markNotified: () => this.#store.markNotified(id),
    });
  }

  /** Goes on with an execution. Answers to its open tasks wait until it has come back to them. */
  #resume(execution: StoredExecution): void {
    const journal = this.#store.read(execution.id, 1, Number.MAX_SAFE_INTEGER - 1);
    const tokens = openTasks(journal).map((eventId) => this.#token(execution.id, eventId));
    this.#tasks.expect(tokens);
    const run = this.#begin(execution, this.#machine(execution.ref.machine), journal);
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

  #token(id: number, eventId: number): string {
    return signToken(`${id}.${eventId}`, this.#secret);
  }

  #taskRunner(id: number, ref: ExecutionRef): TaskRunner {
    return {
      ref,
      isMocked: (state) => Object.hasOwn(this.#options.mocks ?? {}, state),
      mockedOutcome: mockedCalls(this.#options.mocks ?? {}),
      tokenAfter: (eventId) => this.#token(id, eventId),
      register: (token, task) => this.#tasks.register(token, task),
      hasFunction: (arn) => this.#services.hasFunction(arn),
      hasMachine: (arn) => this.#store.machine(machineOfArn(arn)) !== undefined,
      callFunction: (arn, payload, key) => this.#services.callFunction(arn, payload, key),
      callService: (request) => this.#services.callService(request),
      activities: this.#services.activities,
      objects: this.#services.objects,
      startChild: async (machineArn, name, input) => {
        const child = { machine: machineOfArn(machineArn), name };
        await this.start(child, input);
        return child;
      },
      startItem: async (item, input) => {
        // A child that was begun before has its input; made anew, it might be another one.
        if (this.#store.find(item) === undefined) await this.start(item, input);
      },
      whenEnded: (child, listener) => this.#listen(child, listener),
      stopChild: (child) => {
        void this.stop(child, { error: 'States.TaskFailed', cause: 'The parent execution ended' }).catch(
          () => undefined,
        );
      },
    };
  }

  #listen(ref: ExecutionRef, listener: (description: ExecutionDescription) => void): () => void {
    const found = this.#store.find(ref);
    // One that is still among the runs has ended, but not yet durably.
    if (found !== undefined && found.status !== 'RUNNING' && !this.#runs.has(found.id)) {
      listener(found);
      return () => {};
    }
    return this.#listeners.add(ref, listener);
  }
}
