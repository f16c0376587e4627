import type { Clock } from '#core/clock.ts';
import type { Json } from '#core/json.ts';
import type { ExecutionDescription, ExecutionRef, TaskFailure } from '../engine.ts';
import type { HistoryEvent } from '../history.ts';
import { Cancellation, Cancelled } from './cancellation.ts';
import type { MachineDefinition } from './definition.ts';
import { StateFailure } from './failure.ts';
import type { Interventions } from './interventions.ts';
import type { Control, ExecutionEnd, JournalEvent, JournalStore } from './journal-store.ts';
import { jsonText } from './json-text.ts';
import { failedTries, type RecordedEvent, replayOf } from './replay.ts';
import { runBlock } from './run-block.ts';
import { type ExecutionContext, Variables } from './state-scope.ts';
import type { TaskRunner } from './states/task-runner.ts';
import { type FailedTry, type Journal, type NewEvent, Thread } from './thread.ts';

/** What a run is made of. */
export interface RunParts {
  readonly id: number;
  readonly ref: ExecutionRef;
  readonly machine: MachineDefinition;
  readonly input: Json;
  readonly startedAt: number;
  readonly redrives: Control['redrives'];
  readonly store: JournalStore;
  readonly clock: Clock;
  readonly execution: ExecutionContext;
  readonly tasks: TaskRunner;
  readonly maxEvents: number;
  /** Told of events as they are appended, before they are durable. */
  readonly onEvents: ((ref: ExecutionRef, events: readonly HistoryEvent[]) => void) | undefined;
}

const NO_EVENTS: readonly RecordedEvent[] = [];

/** One running execution: its journal, its timeout, and its one end. */
export class Run implements Journal {
  readonly #parts: RunParts;
  // Undefined for one that has just begun, as most have.
  readonly #recorded: Map<string, RecordedEvent[]> | undefined;
  readonly #failedTries: ReadonlyMap<string, FailedTry> | undefined;
  readonly #cancellation = new Cancellation();
  #buffer: JournalEvent[] = [];
  /** Whether the buffer is to be written with the open group. */
  #isQueued = false;
  #nextId = 1;
  #lastTimestamp: number;
  #stop: { readonly status: 'ABORTED' | 'TIMED_OUT'; readonly failure: TaskFailure | undefined } | undefined;
  /** Settles when the execution has ended and that is durable. */
  readonly ended: Promise<ExecutionDescription>;

  /** Begins to run; `events` are those that were journaled before a crash. */
  constructor(parts: RunParts, events: readonly JournalEvent[]) {
    this.#parts = parts;
    if (events.length > 0) {
      this.#recorded = replayOf(events, parts.redrives);
      this.#failedTries = failedTries(this.#recorded);
    }
    this.#nextId = (events.at(-1)?.id ?? 0) + 1;
    this.#lastTimestamp = events.at(-1)?.timestamp ?? parts.startedAt;
    this.ended = this.#run();
  }

  append(event: NewEvent): JournalEvent {
    if (this.#nextId > this.#parts.maxEvents) {
      throw new StateFailure(
        'States.Runtime',
        `The execution reached the maximum number of history events (${this.#parts.maxEvents}).`,
      );
    }
    return this.#keep(event);
  }

  recorded(thread: string): readonly RecordedEvent[] {
    const events = this.#recorded?.get(thread) ?? NO_EVENTS;
    this.#recorded?.delete(thread);
    return events;
  }

  failedTry(name: string): FailedTry | undefined {
    return this.#failedTries?.get(name);
  }

  /** Writes one row for each group, however often it is asked for. */
  flush(): Promise<void> {
    const { store, id } = this.#parts;
    if (this.#isQueued || this.#buffer.length === 0) return store.durable();
    this.#isQueued = true;
    return store.commitLate(() => {
      this.#isQueued = false;
      store.append(id, this.#takeBuffer());
    });
  }

  /** How operators reach into it. */
  get interventions(): Interventions {
    return this.#parts.execution.interventions;
  }

  /** Ends the execution from outside. */
  abort(failure: TaskFailure): void {
    this.#halt({ status: 'ABORTED', failure });
  }

  #halt(stop: { readonly status: 'ABORTED' | 'TIMED_OUT'; readonly failure: TaskFailure | undefined }): void {
    this.#stop ??= stop;
    this.#cancellation.cancel();
  }

  #keep(event: NewEvent): JournalEvent {
    // A clock that was put back does not put back the history.
    this.#lastTimestamp = Math.max(this.#lastTimestamp, this.#parts.clock.now());
    const kept = { ...event, id: this.#nextId++, timestamp: this.#lastTimestamp };
    this.#buffer.push(kept);
    this.#parts.onEvents?.(this.#parts.ref, [kept]);
    return kept;
  }

  #takeBuffer(): readonly JournalEvent[] {
    const events = this.#buffer;
    this.#buffer = [];
    return events;
  }

  async #run(): Promise<ExecutionDescription> {
    const { machine, input, startedAt, redrives, clock } = this.#parts;
    // A redrive resets the timeout (Step Functions Developer Guide, "Redriving executions").
    const countsFrom = redrives.at(-1)?.at ?? startedAt;
    const thread = new Thread(this, '', { previous: 0, cancellation: this.#cancellation });
    // The first state follows on nothing: so it is in the histories of Step Functions.
    thread.recordAside('ExecutionStarted', { input: jsonText(input) });
    const timeout = machine.TimeoutSeconds;
    const timer =
      timeout === undefined
        ? undefined
        : clock.setTimer(Math.min(countsFrom, clock.now()) + timeout * 1_000, () =>
            this.#halt({ status: 'TIMED_OUT', failure: undefined }),
          );
    try {
      const { execution, tasks } = this.#parts;
      const output = await runBlock(machine, input, {
        thread,
        variables: new Variables(),
        execution,
        tasks,
        context: {},
      });
      return await this.#end({ status: 'SUCCEEDED', output }, thread.previous);
    } catch (error) {
      const end = this.#endOf(error);
      return await this.#end(end, end.status === 'ABORTED' ? 0 : thread.previous);
    } finally {
      timer?.cancel();
    }
  }

  #endOf(error: unknown): Pick<ExecutionEnd, 'status' | 'error' | 'cause'> {
    if (error instanceof Cancelled && this.#stop !== undefined) {
      const { status, failure } = this.#stop;
      return failure === undefined ? { status, error: 'States.Timeout' } : { status, ...failure };
    }
    if (error instanceof StateFailure) return { status: 'FAILED', ...told(error) };
    return {
      status: 'FAILED',
      error: 'States.Runtime',
      cause: error instanceof Error ? (error.stack ?? error.message) : String(error),
    };
  }

  async #end(
    end: Pick<ExecutionEnd, 'status' | 'output' | 'error' | 'cause'>,
    previousEventId: number,
  ): Promise<ExecutionDescription> {
    const { store, id, ref, input, startedAt } = this.#parts;
    const { status, output, error, cause } = end;
    const failure = { ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
    const details = output === undefined ? failure : { output: jsonText(output) };
    const event = this.#keep({ type: END_EVENTS[status], details, previousEventId, thread: '' });
    await store.commit(() => {
      store.append(id, this.#takeBuffer());
      store.end(id, { ...end, endedAt: event.timestamp });
    });
    return { ref, input, startedAt, ...end, endedAt: event.timestamp };
  }
}

/** What a Fail state does not give is not told. */
function told({ error, reason }: StateFailure): Pick<ExecutionEnd, 'error' | 'cause'> {
  return { ...(error === '' ? {} : { error }), ...(reason === '' ? {} : { cause: reason }) };
}

const END_EVENTS = {
  SUCCEEDED: 'ExecutionSucceeded',
  FAILED: 'ExecutionFailed',
  ABORTED: 'ExecutionAborted',
  TIMED_OUT: 'ExecutionTimedOut',
  RUNNING: 'ExecutionFailed',
  PENDING_REDRIVE: 'ExecutionFailed',
} as const;
