import type { Clock } from '#core/clock.ts';
import type { Random } from '#core/random.ts';
import type { ExecutionDescription, ExecutionEnded, ExecutionRef, TaskFailure } from '../engine.ts';
import { cannotGoOn, unreadableExecution } from '../faults.ts';
import type { HistoryEvent } from '../history.ts';
import type { Admission } from './admission/admission.ts';
import { Work } from './admission/work.ts';
import type { MachineDefinition } from './definition.ts';
import { Ends, keyOf } from './ends.ts';
import { executionContext } from './execution-context.ts';
import type { ExecutionOfTasks } from './execution-tasks.ts';
import { Interventions } from './interventions.ts';
import type { Control, JournalEvent, JournalStore, StoredExecution } from './journal-store.ts';
import type { Machines } from './machines.ts';
import type { MapRuns } from './map-runs.ts';
import { openTasks } from './open-tasks.ts';
import type { Revisions } from './revisions.ts';
import { Run } from './run.ts';
import type { TaskRunner } from './states/task-runner.ts';
import { executionOfToken, type TaskTokens } from './task-token.ts';
import type { WaitingTasks } from './waiting-tasks.ts';

/** How long an answer is kept back after a crash for an execution to come back to its task, in ms. */
const COME_BACK_MS = 10_000;

/** Who is told of what the executions of an engine do. */
export interface RunListeners {
  /** Told when an execution has ended, at least once: again after a crash, and after `onEnded` itself failed. */
  readonly onEnded?: (event: ExecutionEnded) => Promise<void>;
  /** Told of executions that cannot be gone on with after a restart (SW4090). */
  readonly onDefect?: (error: unknown) => void;
  /** Told of events as they happen, for live displays. */
  readonly onEvents?: (ref: ExecutionRef, events: readonly HistoryEvent[]) => void;
}

/** What {@link Runs} works with. */
export interface RunsParts {
  readonly store: JournalStore;
  readonly clock: Clock;
  readonly random: Random;
  readonly machines: Machines;
  readonly mapRuns: MapRuns;
  readonly revisions: Revisions | undefined;
  readonly admission: Admission;
  readonly tokens: TaskTokens;
  readonly waiting: WaitingTasks;
  readonly listeners: RunListeners;
  readonly limits: { readonly payloadBytes: number; readonly historyEvents: number };
  /** What the tasks of an execution can do. */
  tasksOf(execution: ExecutionOfTasks): TaskRunner;
}

/** What an execution begins with. */
type Beginning = Pick<StoredExecution, 'id' | 'ref' | 'input' | 'startedAt'>;

/** What there is of an execution when it begins to run here. */
export interface Before {
  readonly events: readonly JournalEvent[];
  readonly control: Control;
}

/**
 * The executions that run in this process, and those that wait for their turn to begin: how each begins, how it is gone on with
 * after a crash, and who is told of its end.
 */
export class Runs {
  readonly #parts: RunsParts;
  readonly #runs = new Map<number, Run>();
  /** Keys of what is in `#runs`, so that nobody has to ask the store for it. */
  readonly #running = new Set<string>();
  /** Executions that have been accepted, and wait for their turn to begin. */
  readonly #queued = new Set<number>();
  readonly #ends: Ends;
  /** What cannot be written stops here; it goes on when the store is opened again. */
  #storeFailed = false;

  constructor(parts: RunsParts) {
    this.#parts = parts;
    const { store, clock, listeners } = parts;
    this.#ends = new Ends({ store, clock, onEnded: listeners.onEnded, isOver: () => this.#isOver });
    void store.failed.then(() => {
      this.#storeFailed = true;
    });
  }

  /** How many executions have begun here, and have not ended. */
  get running(): number {
    return this.#runs.size;
  }

  /** How many executions have been accepted, and wait for their turn to begin. */
  get queued(): number {
    return this.#queued.size;
  }

  /** The run of an execution, by its row id, while it has one. */
  get(id: number): Run | undefined {
    return this.#runs.get(id);
  }

  /** Begins an execution when there is a place for it, else when its turn comes: then with what the store has of it. */
  admit(execution: Beginning, machine: MachineDefinition, before: Before): Run | undefined {
    const { id, ref } = execution;
    if (this.#parts.admission.start(ref.machine, () => this.#beginQueued(ref))) {
      return this.#begin(execution, machine, before);
    }
    this.#queued.add(id);
    return undefined;
  }

  /**
   * Goes on with every execution that had not ended, and tells again of ends that were not told. One that cannot be gone on with is told
   * of, and left as it is; it can be stopped. Gives the others, without children of distributed Maps.
   */
  recover(): ExecutionRef[] {
    const { store, listeners } = this.#parts;
    const onDefect = listeners.onDefect ?? (() => {});
    const unsettled = store.unsettled((id, reason) => onDefect(unreadableExecution(id, reason)));
    return [...unsettled].flatMap((execution) => {
      try {
        if (execution.status === 'RUNNING') this.#recover(execution);
        else this.#ends.tell(execution.id, execution);
        return execution.ref.machine.includes('/') ? [] : [execution.ref];
      } catch (reason) {
        onDefect(cannotGoOn(execution.ref, reason));
        return [];
      }
    });
  }

  /** Ends an execution from outside, whether it runs, waits for its turn, or could not be gone on with. Resolves when that is durable. */
  async stop(found: StoredExecution, failure: TaskFailure): Promise<void> {
    if (this.#queued.delete(found.id)) this.#beginToStop(found);
    const run = this.#runs.get(found.id);
    if (run === undefined && found.status === 'RUNNING') return this.#stopStranded(found, failure);
    run?.abort(failure);
    await run?.ended;
  }

  /** Tells a listener when an execution has ended; at once when it has. The returned function gives up waiting. */
  listen(ref: ExecutionRef, listener: (description: ExecutionDescription) => void): () => void {
    // One that is still among the runs may have ended, but not yet durably.
    if (this.#running.has(keyOf(ref))) return this.#ends.listen(ref, listener);
    const found = this.#parts.store.find(ref);
    if (found !== undefined && found.status !== 'RUNNING') {
      listener(found);
      return () => {};
    }
    return this.#ends.listen(ref, listener);
  }

  /** Resolves when the end of an execution that has one has been told: it would be told of the next run else. */
  async untilTold({ id, status }: StoredExecution): Promise<void> {
    if (status === 'RUNNING') return;
    await this.#runs.get(id)?.ended;
    await this.#ends.untilTold(id);
  }

  /** Resolves when all that the execution of a task token did so far is durable. */
  async flushOf(taskToken: string): Promise<void> {
    await this.#runs.get(executionOfToken(taskToken))?.flush();
    await this.#parts.store.durable();
  }

  /** Resolves when all that was done so far is durable. */
  async flush(): Promise<void> {
    await Promise.all([...this.#runs.values()].map((run) => run.flush()));
  }

  #begin(
    { id, ref, input, startedAt }: Beginning,
    machine: MachineDefinition,
    { events, control }: Before,
  ): Run {
    const { store, clock, random, admission, revisions, limits, listeners } = this.#parts;
    const { redrives } = control;
    const root = this.#runs.get(this.#parts.mapRuns.rootOf(ref)?.id ?? 0);
    const interventions = new Interventions(control, root?.interventions);
    const work = new Work(admission, ref.machine);
    const run = new Run(
      {
        ...{ id, ref, machine, input, startedAt, redrives, store, clock },
        execution: {
          ...{ interventions, work, clock, random },
          context: executionContext(ref, input, { startedAt, redrives }),
          toldContext: revisions?.context?.(ref),
          maxPayloadBytes: limits.payloadBytes,
        },
        tasks: this.#parts.tasksOf({
          ...{ id, ref, machine, redrives: redrives.length },
          rewinds: redrives.at(-1)?.children ?? [],
        }),
        maxEvents: limits.historyEvents,
        onEvents: listeners.onEvents,
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
        this.#ends.tell(id, description);
      })
      // A journal that cannot be written stops the execution here; it goes on at the next start.
      .catch(left);
    return run;
  }

  get #isOver(): boolean {
    return this.#parts.admission.isHeld || this.#storeFailed;
  }

  /** One that had begun comes back at once, so that answers find its tasks; one that had not waits for its turn. */
  #recover(execution: StoredExecution): void {
    const { admission, store } = this.#parts;
    const { id, ref } = execution;
    if (store.read(id, 1, 1).length > 0) admission.force();
    else if (!admission.start(ref.machine, () => this.#beginQueued(ref))) {
      this.#queued.add(id);
      return;
    }
    this.#goOnInPlace(execution);
  }

  /** Begins one that was still in line, so that its stop is journaled; one that cannot begin is left to be ended as it is. */
  #beginToStop(execution: StoredExecution): void {
    this.#parts.admission.force();
    try {
      this.#goOnInPlace(execution);
    } catch {}
  }

  /** Goes on with an execution that has taken a place, and gives the place back where it cannot. */
  #goOnInPlace(execution: StoredExecution): void {
    try {
      this.#goOn(execution);
    } catch (reason) {
      this.#parts.admission.leave();
      throw reason;
    }
  }

  /** Begins an execution whose turn it is; false where it is not wanted any more. */
  #beginQueued(ref: ExecutionRef): boolean {
    if (this.#isOver) return false;
    try {
      const found = this.#parts.store.find(ref);
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
    const { clock, machines, tokens, waiting } = this.#parts;
    const before = this.#before(id);
    // Before anything is expected of it.
    const machine = machines.of(ref);
    const { redrives } = before.control;
    const open = openTasks(before.events, redrives).map((eventId) => tokens.of(id, eventId, redrives.length));
    waiting.expect(open);
    const run = this.#begin(execution, machine, before);
    const timer = clock.setTimer(clock.now() + COME_BACK_MS, () => waiting.forget(open));
    const done = (): void => {
      timer.cancel();
      waiting.forget(open);
    };
    run.ended.then(done, done);
  }

  #before(id: number): Before {
    const { store } = this.#parts;
    const events = store.read(id, 1, Number.MAX_SAFE_INTEGER - 1);
    const missing = events.findIndex((event, index) => event.id !== index + 1);
    if (missing >= 0) throw new Error(`its journal is damaged: event ${missing + 1} is missing`);
    return { events, control: store.control.read(id) };
  }

  /** Ends an execution that could not be gone on with. Its journal stays as it is: what it says may not be readable. */
  async #stopStranded({ id, ref, input, startedAt }: StoredExecution, failure: TaskFailure): Promise<void> {
    const { store, clock } = this.#parts;
    const end = { status: 'ABORTED' as const, ...failure, endedAt: Math.max(startedAt, clock.now()) };
    await store.commit(() => store.end(id, end));
    this.#ends.tell(id, { ref, input, startedAt, ...end });
  }
}
