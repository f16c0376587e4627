import { type Clock, systemClock } from '#core/clock.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { type Random, systemRandom } from '#core/random.ts';
import type { Database } from '#storage/database.ts';
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
import type { MachineDefinition } from './definition.ts';
import { EndListeners } from './end-listeners.ts';
import { executionContext } from './execution-context.ts';
import { notifyEnded } from './notify-ended.ts';
import type { Revisions } from './revisions.ts';
import { Run } from './run.ts';
import type { TaskRunner, WaitingTask } from './states/task-runner.ts';
import { EngineStore, type StoredExecution } from './store.ts';
import { isSigned, signToken } from './task-token.ts';
import { embeddedArns, machineOfArn, qualifierOfArn, substituteTokens } from './tokens.ts';

/** What a function is called with besides its payload. */
export interface FunctionContext {
  /** The same each time one try of a task is dispatched, also after a crash. */
  readonly idempotencyKey: string;
}

/** A function that tasks call. What it throws fails the task, under the `name` of the error. */
export type EngineFunction = (payload: Json, context: FunctionContext) => Promise<Json>;

/** Settings of an {@link EmbeddedEngine}. */
export interface EmbeddedEngineOptions {
  readonly database: Database;
  /** Functions by the token that names them in definitions, such as `CommandFunctionArn`. */
  readonly functions: Readonly<Record<string, EngineFunction>>;
  /** Machines by the token that names them in definitions, such as `UnwindStateMachineArn`. */
  readonly machines?: Readonly<Record<string, string>>;
  /** Machines that change. Default: none. */
  readonly revisions?: Revisions;
  /** Told when an execution has ended, at least once: again after a crash, and after `onEnded` itself failed. */
  readonly onEnded?: (event: ExecutionEnded) => Promise<void>;
  /** Told of events as they happen, for live displays. */
  readonly onEvents?: (ref: ExecutionRef, events: readonly HistoryEvent[]) => void;
  readonly clock?: Clock;
  readonly random?: Random;
  /** Defaults are the quotas of Step Functions. */
  readonly limits?: { readonly payloadBytes?: number; readonly historyEvents?: number };
}

const PAYLOAD_BYTES = 262_144;
const HISTORY_EVENTS = 25_000;

/**
 * A durable interpreter of Amazon States Language in one process. Every transition is journaled before its effect is
 * visible; `recover` goes on where a crash left off.
 */
export class EmbeddedEngine implements Engine {
  readonly #options: EmbeddedEngineOptions;
  readonly #store: EngineStore;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #secret: Buffer;
  readonly #tokens: Readonly<Record<string, string>>;
  readonly #machines = new Map<string, MachineDefinition>();
  readonly #runs = new Map<number, Run>();
  readonly #waiting = new Map<string, WaitingTask>();
  readonly #listeners = new EndListeners();
  #closed = false;

  constructor(options: EmbeddedEngineOptions) {
    this.#options = options;
    this.#store = new EngineStore(options.database);
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#secret = this.#store.secret();
    this.#tokens = embeddedArns(Object.keys(options.functions), options.machines ?? {});
  }

  async deploy({ name, definition }: Machine): Promise<void> {
    const known = this.#store.machine(name);
    if (known === undefined) {
      parseDefinition(name, definition);
      const { database, revisions } = this.#options;
      const noted = database.commit(() => revisions?.deployed(name, this.#clock.now()));
      await Promise.all([noted, this.#store.addMachine(name, definition)]);
    } else if (JSON.stringify(known) !== JSON.stringify(definition)) {
      throw otherDefinition(name);
    }
  }

  /** Starts an execution as the port says; `qualifier` names the version or alias of a machine that changes. */
  async start(ref: ExecutionRef, input: Json, qualifier?: string): Promise<void> {
    if (this.#closed) throw engineClosed();
    const known = this.#store.find(ref);
    if (known !== undefined) {
      if (JSON.stringify(known.input) === JSON.stringify(input)) return this.#options.database.durable();
      throw nameTaken(ref);
    }
    const size = Buffer.byteLength(JSON.stringify(input));
    if (size > this.#payloadBytes) throw tooLarge(size, this.#payloadBytes);
    const chosen = this.#options.revisions?.choose(ref.machine, qualifier);
    const machine = this.#machine(chosen?.revision ?? ref.machine);
    const startedAt = this.#clock.now();
    let run: Run | undefined;
    await this.#options.database.commit(() => {
      const id = this.#store.add(ref, input, startedAt);
      chosen?.pin(ref);
      run = this.#begin({ id, ref, input, startedAt }, machine, []);
      void run.flush();
    });
  }

  async describe(ref: ExecutionRef): Promise<ExecutionDescription | undefined> {
    const found = this.#store.find(ref);
    await this.#options.database.durable();
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
    return this.#store
      .read(found.id, after + 1, 1_000)
      .slice(0, 1_000)
      .map(({ thread: _thread, next: _next, ...event }) => event);
  }

  async succeedTask(taskToken: string, output: Json): Promise<TaskAnswer> {
    return this.#waitingTask(taskToken)?.answer({ kind: 'succeeded', output }) ?? 'gone';
  }

  async failTask(taskToken: string, failure: TaskFailure): Promise<TaskAnswer> {
    return this.#waitingTask(taskToken)?.answer({ kind: 'failed', failure }) ?? 'gone';
  }

  async heartbeatTask(taskToken: string): Promise<TaskAnswer> {
    const task = this.#waitingTask(taskToken);
    task?.heartbeat();
    return task === undefined ? 'gone' : 'accepted';
  }

  /**
   * Goes on with every execution that had not ended, and tells again of ends that were not told. Once, before use. Gives
   * those executions.
   */
  recover(): ExecutionRef[] {
    const unsettled = [...this.#store.unsettled()];
    for (const execution of unsettled) {
      if (execution.status === 'RUNNING') {
        this.#begin(
          execution,
          this.#machine(this.#options.revisions?.pinned(execution.ref) ?? execution.ref.machine),
          this.#store.read(execution.id, 1, Number.MAX_SAFE_INTEGER - 1),
        );
      } else {
        this.#tell(execution.id, execution);
      }
    }
    return unsettled.map(({ ref }) => ref);
  }

  /** Whether this engine made a task token; whether its task still waits is another question. */
  issued(taskToken: string): boolean {
    return isSigned(taskToken, this.#secret);
  }

  /** The definition of a machine that never changes, its tokens filled in; undefined when there is none. */
  definition(machine: string): JsonObject | undefined {
    const found = this.#store.machine(machine);
    return found === undefined ? undefined : substituteTokens(found, this.#tokens);
  }

  /** Lets go of what is kept in memory of a revision that is no more. */
  forget(revision: string): void {
    this.#machines.delete(revision);
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
    const definition = this.#store.machine(name) ?? this.#options.revisions?.definition(name);
    if (definition === undefined) {
      throw noMachine(name);
    }
    const parsed = parseDefinition(name, substituteTokens(definition, this.#tokens));
    this.#machines.set(name, parsed);
    return parsed;
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
    void notifyEnded(description, {
      onEnded: this.#options.onEnded ?? (() => Promise.resolve()),
      clock: this.#clock,
      isClosed: () => this.#closed,
      markNotified: () => this.#store.markNotified(id),
    });
  }

  #waitingTask(token: string): WaitingTask | undefined {
    return this.#waiting.get(token);
  }

  #taskRunner(id: number, ref: ExecutionRef): TaskRunner {
    return {
      executionName: ref.name,
      tokenAfter: (eventId) => signToken(`${id}.${eventId}`, this.#secret),
      register: (token, task) => {
        this.#waiting.set(token, task);
        return () => this.#waiting.delete(token);
      },
      callFunction: async (arn, payload, idempotencyKey) => {
        const token = Object.entries(this.#tokens).find(([, value]) => value === arn)?.[0];
        const called = token === undefined ? undefined : this.#options.functions[token];
        if (called === undefined) throw new LambdaNotFound(`Function not found: ${arn}`);
        return called(payload, { idempotencyKey });
      },
      startChild: async (machineArn, name, input) => {
        const child = { machine: machineOfArn(machineArn), name };
        await this.start(child, input, qualifierOfArn(machineArn));
        return child;
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
    if (found !== undefined && found.status !== 'RUNNING') {
      listener(found);
      return () => {};
    }
    return this.#listeners.add(ref, listener);
  }
}

/** Thrown where a definition calls a function that this engine was not given. Named as Lambda names it. */
class LambdaNotFound extends Error {
  override readonly name = 'Lambda.ResourceNotFoundException';
}
