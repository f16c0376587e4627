import { type Clock, systemClock } from '#core/clock.ts';
import type { Json } from '#core/json.ts';
import { type Random, systemRandom } from '#core/random.ts';
import type { Database } from '#storage/database.ts';
import type {
  Engine,
  ExecutionDescription,
  ExecutionEnded,
  ExecutionRef,
  Machine,
  Redriven,
  RedriveRequest,
  StateSkip,
  TaskAnswer,
  TaskFailure,
} from '../engine.ts';
import {
  ExecutionNotRedrivable,
  engineClosed,
  nameTaken,
  noExecution,
  noMachine,
  otherDefinition,
  tooLarge,
} from '../faults.ts';
import type { HistoryEvent } from '../history.ts';
import { redriveRefusal } from '../redrivable.ts';
import { parseDefinition } from './check-definition.ts';
import { type Control, ControlStore } from './control-store.ts';
import type { MachineDefinition } from './definition.ts';
import { EndListeners } from './end-listeners.ts';
import { executionContext } from './execution-context.ts';
import { Interventions } from './interventions.ts';
import { notifyEnded } from './notify-ended.ts';
import { Run } from './run.ts';
import type { TaskRunner, WaitingTask } from './states/task-runner.ts';
import { EngineStore, type StoredExecution } from './store.ts';
import { signToken } from './task-token.ts';
import { embeddedArns, machineOfArn, substituteTokens } from './tokens.ts';

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
  readonly #control: ControlStore;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #secret: Buffer;
  readonly #tokens: Readonly<Record<string, string>>;
  readonly #machines = new Map<string, MachineDefinition>();
  readonly #runs = new Map<number, Run>();
  /** Ends that are being told. */
  readonly #telling = new Map<number, Promise<void>>();
  readonly #waiting = new Map<string, WaitingTask>();
  readonly #listeners = new EndListeners();
  #closed = false;

  constructor(options: EmbeddedEngineOptions) {
    this.#options = options;
    this.#store = new EngineStore(options.database);
    this.#control = new ControlStore(options.database);
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? systemRandom;
    this.#secret = this.#store.secret();
    this.#tokens = embeddedArns(Object.keys(options.functions), options.machines ?? {});
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
      if (JSON.stringify(known.input) === JSON.stringify(input)) return this.#options.database.durable();
      throw nameTaken(ref);
    }
    const size = Buffer.byteLength(JSON.stringify(input));
    if (size > this.#payloadBytes) throw tooLarge(size, this.#payloadBytes);
    const machine = this.#machine(ref.machine);
    const startedAt = this.#clock.now();
    let run: Run | undefined;
    await this.#options.database.commit(() => {
      const id = this.#store.add(ref, input, startedAt);
      run = this.#begin({ id, ref, input, startedAt }, machine, { events: [], control: UNTOUCHED });
      void run.flush();
    });
  }

  async describe(ref: ExecutionRef): Promise<ExecutionDescription | undefined> {
    const found = this.#store.find(ref);
    await this.#options.database.durable();
    if (found === undefined) return undefined;
    const { id, notified: _notified, ...description } = found;
    return { ...description, ...toldOf(description.status, this.#control.read(id)) };
  }

  async stop(ref: ExecutionRef, failure: TaskFailure): Promise<void> {
    const found = this.#store.find(ref);
    if (found === undefined) throw noExecution(ref);
    const run = this.#runs.get(found.id);
    run?.abort(failure);
    await run?.ended;
  }

  async redrive(ref: ExecutionRef, request: RedriveRequest = {}): Promise<Redriven> {
    if (this.#closed) throw engineClosed();
    await this.#untilTold(ref);
    const found = this.#stored(ref);
    const { id } = found;
    const maxEvents = this.#maxEvents;
    const events = this.#store.read(id, 1, Number.MAX_SAFE_INTEGER - 1);
    const at = this.#clock.now();
    const refusal = redriveRefusal({ ...found, events: events.length, maxEvents }, at);
    if (refusal !== undefined) throw new ExecutionNotRedrivable(refusal);
    const { machine: name = ref.machine, rewindTo = [], skip } = request;
    const machine = this.#machine(name);
    const redriveCount = this.#control.read(id).redrives.length + 1;
    const event = redrivenEvent(events.at(-1)?.id ?? 0, { redriveCount, at });
    await this.#options.database.commit(() => {
      this.#control.redrive(id, { event: event.id, at, rewindTo }, name);
      if (skip !== undefined) this.#control.skip(id, skip.enteredId, skip.result);
      this.#store.append(id, [event]);
    });
    const now = { ...found, ref: { ...ref, machine: name } };
    this.#options.onEvents?.(now.ref, [event]);
    this.#begin(now, machine, { events: [...events, event], control: this.#control.read(id) });
    return { redriveCount, redrivenAt: at };
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
    if (run?.interventions.canSkip(enteredId) !== true) return 'gone';
    await this.#options.database.commit(() => this.#control.skip(id, enteredId, result));
    return run.interventions.skip(enteredId, result) ? 'accepted' : 'gone';
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
        this.#begin(execution, this.#machine(execution.ref.machine), {
          events: this.#store.read(execution.id, 1, Number.MAX_SAFE_INTEGER - 1),
          control: this.#control.read(execution.id),
        });
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

  get #maxEvents(): number {
    return this.#options.limits?.historyEvents ?? HISTORY_EVENTS;
  }

  get #payloadBytes(): number {
    return this.#options.limits?.payloadBytes ?? PAYLOAD_BYTES;
  }

  #machine(name: string): MachineDefinition {
    const cached = this.#machines.get(name);
    if (cached !== undefined) return cached;
    const definition = this.#store.machine(name);
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
    { events, control }: Before,
  ): Run {
    const { redrives } = control;
    const interventions = new Interventions(control);
    const run = new Run(
      {
        ...{ id, ref, machine, input, startedAt, redrives, store: this.#store, clock: this.#clock },
        execution: {
          interventions,
          context: executionContext(ref, input, { startedAt, redrives }),
          clock: this.#clock,
          random: this.#random,
          maxPayloadBytes: this.#payloadBytes,
        },
        tasks: this.#taskRunner(id, ref, redrives.length),
        maxEvents: this.#maxEvents,
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
    const told = notifyEnded(description, {
      onEnded: this.#options.onEnded ?? (() => Promise.resolve()),
      clock: this.#clock,
      isClosed: () => this.#closed,
      markNotified: () => this.#store.markNotified(id),
    }).finally(() => this.#telling.delete(id));
    this.#telling.set(id, told);
  }

  #waitingTask(token: string): WaitingTask | undefined {
    return this.#waiting.get(token);
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
    if (status !== 'RUNNING') return;
    const interventions = this.#runs.get(id)?.interventions;
    if (isPaused) interventions?.pause();
    await this.#options.database.commit(() => this.#control.setPaused(id, isPaused));
    if (!isPaused) interventions?.resume();
  }

  /** A task that is scheduled again by a redrive is another try: it has a token and a key of its own. */
  #taskRunner(id: number, ref: ExecutionRef, redrives: number): TaskRunner {
    const again = redrives === 0 ? '' : `.${redrives}`;
    return {
      tokenAfter: (eventId) => signToken(`${id}.${eventId}${again}`, this.#secret),
      keyAfter: (eventId) => `${ref.name}:${eventId}${again}`,
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
        await this.start(child, input);
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

/** What there is of an execution when it begins to run here. */
interface Before {
  readonly events: ConstructorParameters<typeof Run>[1];
  readonly control: Control;
}

const UNTOUCHED: Control = { redrives: [], isPaused: false, skips: new Map() };

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

/** Thrown where a definition calls a function that this engine was not given. Named as Lambda names it. */
class LambdaNotFound extends Error {
  override readonly name = 'Lambda.ResourceNotFoundException';
}
