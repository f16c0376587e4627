import { isJsonObject, type Json } from '#core/json.ts';
import type { JournalEvent } from '#engine/embedded/journal-store.ts';
import type { ExecutionDescription, ExecutionRef } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import type { SimulatedDisk } from './simulated-store.ts';

const TASK_ENDS = ['TaskSucceeded', 'TaskFailed', 'TaskTimedOut'];

/** A call of a handler, as it sees it. */
export interface Call {
  readonly ref: ExecutionRef;
  /** `<name of the execution>:<event before the task>`. */
  readonly key: string;
  readonly payload: Json;
}

/** What the world has been told so far; tells of whatever contradicts it. */
export class Checker {
  readonly violations: string[] = [];
  readonly #disk: SimulatedDisk;
  readonly #results = new Map<string, string>();
  readonly #histories = new Map<string, readonly string[]>();
  readonly #payloads = new Map<string, string>();
  /** What each iteration is over. */
  readonly #items = new Map<string, string>();
  /** Tries whose success was acknowledged. */
  readonly #succeeded = new Set<string>();
  readonly #told = new Set<string>();
  readonly #refused = new Map<string, { readonly ref: ExecutionRef; readonly events: number }>();
  /** Acknowledged starts, by name. */
  readonly started = new Map<string, ExecutionRef>();

  constructor(disk: SimulatedDisk) {
    this.#disk = disk;
  }

  /** Keeps a claim that has to hold. */
  demand(holds: boolean, claim: () => string): void {
    if (!holds) this.violations.push(claim());
  }

  /** A handler is called. */
  called({ ref, key, payload }: Call): void {
    const row = this.#disk.execution(ref);
    const journal = row === undefined ? [] : this.#disk.journal(row.id);
    const previous = Number(key.slice(key.lastIndexOf(':') + 1));
    const at = journal.findIndex(
      (event) => event.type === 'TaskScheduled' && event.previousEventId === previous,
    );
    const scheduled = journal[at];
    this.demand(scheduled !== undefined, () => `${key} was called, and is not in the journal`);
    if (scheduled === undefined) return;
    const text = JSON.stringify(payload);
    const { Payload: given }: { Payload?: Json } = JSON.parse(String(scheduled.details['parameters']));
    this.demand(
      JSON.stringify(given) === text,
      () => `${key} was called with ${text}, journaled is ${JSON.stringify(given)}`,
    );
    const end = journal
      .slice(at)
      .find((event) => event.thread === scheduled.thread && TASK_ENDS.includes(event.type));
    this.demand(end === undefined, () => `${key} was called after its ${end?.type}`);
    const entered = journal
      .slice(0, at)
      .findLast((event) => event.thread === scheduled.thread && event.type === 'TaskStateEntered');
    const input = isJsonObject(payload) ? JSON.stringify(payload['input']) : undefined;
    this.demand(
      entered?.details['input'] === input,
      () => `${key} was called with input ${input}, entered was ${entered?.details['input']}`,
    );
    this.demand((this.#payloads.get(key) ?? text) === text, () => `${key} was called with another payload`);
    this.#payloads.set(key, text);
    const item = isJsonObject(payload) ? JSON.stringify(payload['item']) : undefined;
    const thread = `${ref.name} ${scheduled.thread}`;
    this.demand(
      item === undefined || (this.#items.get(thread) ?? item) === item,
      () => `${key} was called with another item than the iteration had before`,
    );
    if (item !== undefined) this.#items.set(thread, item);
    this.demand(!this.#succeeded.has(key), () => `${key} was called after its success was acknowledged`);
  }

  /** The success of a try was acknowledged. */
  acknowledged(key: string): void {
    this.#succeeded.add(key);
  }

  /** An answer to a running execution was refused: its try must have ended by then. */
  refused(ref: ExecutionRef, key: string): void {
    const row = this.#disk.execution(ref);
    if (row?.status === 'RUNNING') this.#refused.set(key, { ref, events: this.#disk.journal(row.id).length });
  }

  /** Somebody was told how an execution stands. */
  reported({
    ref,
    status,
    output,
    error,
    cause,
    endedAt,
  }: Omit<ExecutionDescription, 'input' | 'startedAt'>): void {
    const before = this.#results.get(ref.name);
    const text = JSON.stringify({ status, output, error, cause, endedAt });
    if (status === 'RUNNING') {
      this.demand(before === undefined, () => `${ref.name} runs, and had ended with ${before}`);
      return;
    }
    this.demand((before ?? text) === text, () => `${ref.name} ended with ${before}, and now with ${text}`);
    this.demand(
      error !== 'States.Runtime' || !/\n +at /.test(String(cause)),
      () => `${ref.name} met a defect: ${cause}`,
    );
    this.#results.set(ref.name, text);
  }

  /** Somebody heard of the end of an execution: it must be durable. */
  durablyEnded(ref: ExecutionRef, who: string): void {
    const status = this.#disk.execution(ref)?.status;
    this.demand(status !== 'RUNNING', () => `${who} heard of the end of ${ref.name} before it was durable`);
  }

  /** `onEnded` took the end of an execution. */
  toldEnd(name: string): void {
    this.#told.add(name);
  }

  /** Somebody was told the history of an execution: it must be durable. */
  toldHistory(ref: ExecutionRef, events: readonly HistoryEvent[]): void {
    this.#history(ref.name, events);
    const durable = this.#disk.journal(this.#disk.execution(ref)?.id ?? 0).length;
    this.demand(
      events.length <= durable,
      () => `history of ${ref.name} tells of event ${events.length}, durable are ${durable}`,
    );
  }

  /** A history is as it was before, and maybe longer. */
  #history(name: string, events: readonly HistoryEvent[]): void {
    const before = this.#histories.get(name) ?? [];
    const now = events.map((event) => JSON.stringify(event));
    const other = before.findIndex((text, index) => now[index] !== text);
    this.demand(other < 0, () => `event ${other + 1} of ${name} was ${before[other]} and is ${now[other]}`);
    this.#histories.set(name, now);
    for (const [index, { id, type, previousEventId, timestamp }] of events.entries()) {
      this.demand(id === index + 1, () => `event ${index + 1} of ${name} has id ${id}`);
      // The first state follows on nothing, nor does what is said of it as a whole.
      const mayBeFirst = id <= 3 || type === 'ExecutionAborted';
      this.demand(
        previousEventId < id && (previousEventId > 0 || mayBeFirst),
        () => `event ${id} of ${name} follows ${previousEventId}`,
      );
      this.demand(
        timestamp >= (events[index - 1]?.timestamp ?? 0),
        () => `event ${id} of ${name} is before event ${id - 1}`,
      );
    }
    const end = events.findIndex(({ type }) => /^Execution(?!Started)/.test(type));
    this.demand(end < 0 || end === events.length - 1, () => `${name} goes on after its end`);
  }

  /** What must hold of the disk itself, whenever a process has come back. */
  recovered(): void {
    for (const [name, ref] of this.started) {
      const row = this.#disk.execution(ref);
      this.demand(row !== undefined, () => `the acknowledged start of ${name} is lost`);
      if (row === undefined) continue;
      this.reported(row);
      const journal = this.#disk.journal(row.id);
      this.#history(
        name,
        journal.map(({ thread: _thread, next: _next, items: _items, ...event }) => event),
      );
      this.#states(name, journal);
    }
  }

  #refusals(): void {
    for (const [key, { ref, events }] of this.#refused) {
      const journal = this.#disk.journal(this.#disk.execution(ref)?.id ?? 0);
      const previous = Number(key.slice(key.lastIndexOf(':') + 1));
      const at = journal.findIndex(
        ({ type, previousEventId }) => type === 'TaskScheduled' && previousEventId === previous,
      );
      const end = journal
        .slice(at)
        .find(({ type, thread }) => thread === journal[at]?.thread && TASK_ENDS.includes(type));
      this.demand(
        end === undefined || end.id <= events,
        () => `an answer to ${key} was refused, and it ended later, by event ${end?.id} ${end?.type}`,
      );
    }
  }

  /** In each thread, what a state is given is what the state before gave. */
  #states(name: string, journal: readonly JournalEvent[]): void {
    const given = new Map<string, Json | undefined>();
    for (const { type, thread, details, id } of journal) {
      if (type.endsWith('StateExited')) given.set(thread, details['output']);
      if (!type.endsWith('StateEntered')) continue;
      const before = given.get(thread);
      this.demand(
        before === undefined || before === details['input'],
        () => `event ${id} of ${name} enters with other input than was given`,
      );
    }
  }

  /** What must hold in the end, when nothing more will happen. */
  finished(): void {
    this.recovered();
    this.#refusals();
    for (const { ref, status } of this.#disk.executions()) {
      this.demand(status !== 'RUNNING', () => `${ref.name} of ${ref.machine} never ended`);
    }
    for (const [name, ref] of this.started) {
      const row = this.#disk.execution(ref);
      this.demand(row?.status !== 'RUNNING', () => `${name} never ended`);
      this.demand(this.#told.has(name), () => `the end of ${name} was never told`);
      const last = row === undefined ? undefined : this.#disk.journal(row.id).at(-1);
      this.demand(
        last?.type.startsWith('Execution') === true,
        () => `the journal of ${name} ends with ${last?.type}`,
      );
    }
  }
}
