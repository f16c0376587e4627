import { isJsonObject, type Json } from '#core/json.ts';
import type { JournalEvent } from '#engine/embedded/journal-store.ts';
import type { ExecutionDescription, ExecutionRef, Redriven, StateSkip } from '#engine/engine.ts';
import type { HistoryEvent } from '#engine/history.ts';
import type { SimulatedDisk } from './simulated-store.ts';
import { wrongStep } from './step-order.ts';
import { findTry, readKey } from './task-key.ts';
import { wrongChildren } from './wrong-children.ts';

const REDRIVEN = 'ExecutionRedriven';

/** A call of a handler, as it sees it. */
export interface Call {
  readonly ref: ExecutionRef;
  /** `<name of the execution>:<event before the task>`, and `.<redrives>` after a redrive. */
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
  readonly #redriven = new Set<string>();
  readonly #skipped: (StateSkip & { readonly ref: ExecutionRef; readonly events: number })[] = [];
  readonly #refused = new Map<string, { readonly ref: ExecutionRef; readonly events: number }>();
  readonly #tooLate: (StateSkip & { readonly ref: ExecutionRef; readonly redrives: number })[] = [];
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
    const found = findTry(journal, key);
    this.demand(found !== undefined, () => `${key} was called, and is not in the journal`);
    if (found === undefined) return;
    const { scheduled, entered, end } = found;
    const text = JSON.stringify(payload);
    const given = JSON.stringify(scheduledPayload(scheduled));
    this.demand(given === text, () => `${key} was called with ${text}, journaled is ${given}`);
    this.demand(end === undefined, () => `${key} was called after its ${end?.type}`);
    const input = isJsonObject(payload) ? JSON.stringify(payload['input']) : undefined;
    this.demand(
      entered?.details['input'] === input,
      () => `${key} was called with input ${input}, entered was ${entered?.details['input']}`,
    );
    const left = journal.find(
      ({ type, thread, details }) =>
        type === 'TaskStateExited' &&
        thread === scheduled.thread &&
        details['name'] === entered?.details['name'],
    );
    this.demand(left === undefined, () => `${key} was called, and its state was left by event ${left?.id}`);
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

  /** An answer to a task was taken: of a run before a redrive none may be. */
  accepted(ref: ExecutionRef, key: string): void {
    const redrives = this.#redrives(ref);
    this.demand(
      readKey(key).redrives === redrives,
      () => `an answer to ${key} was taken, ${ref.name} has been redriven ${redrives} times`,
    );
  }

  /** The success of a try was acknowledged. */
  succeeded(key: string): void {
    this.#succeeded.add(key);
  }

  /** A worker was given a task of an activity: that must be durable, or it will be given to another one. */
  handedOut(ref: ExecutionRef, key: string): void {
    const journal = this.#journal(ref);
    const scheduled = findTry(journal, key)?.scheduled;
    const started = journal.find(
      ({ type, thread, id }) =>
        type === 'ActivityStarted' && thread === scheduled?.thread && id > scheduled.id,
    );
    this.demand(started !== undefined, () => `${key} was given to a worker, and that is not durable`);
  }

  /** An operator was told that an execution has been redriven. */
  redriven(ref: ExecutionRef, { redriveCount }: Redriven): void {
    const said = `${ref.name} ${redriveCount}`;
    this.demand(!this.#redriven.has(said), () => `two were told to have redriven ${said}`);
    this.#redriven.add(said);
    const durable = this.#redrives(ref);
    this.demand(
      durable >= redriveCount,
      () => `redrive ${redriveCount} of ${ref.name} was acknowledged, durable are ${durable}`,
    );
  }

  /** An operator has given a state that waited a result: it is to be left with it. */
  skipped(ref: ExecutionRef, { enteredId, result }: StateSkip): void {
    this.#skipped.push({ ref, enteredId, result, events: this.#journal(ref).length });
  }

  /** An operator was told that a state waits no more: its result is its own. */
  skippedTooLate(ref: ExecutionRef, { enteredId, result }: StateSkip): void {
    this.#tooLate.push({ ref, enteredId, result, redrives: this.#redrives(ref) });
  }

  #redrives(ref: ExecutionRef): number {
    return this.#disk.control(this.#disk.execution(ref)?.id ?? 0).redrives.length;
  }

  #journal(ref: ExecutionRef): JournalEvent[] {
    return this.#disk.journal(this.#disk.execution(ref)?.id ?? 0);
  }

  /** An answer to a running execution was refused: its try must have ended by then. */
  refused(ref: ExecutionRef, key: string): void {
    const row = this.#disk.execution(ref);
    if (row?.status === 'RUNNING') this.#refused.set(key, { ref, events: this.#disk.journal(row.id).length });
  }

  /** Somebody was told how an execution stands, after so many redrives: as many as there were, where they did not say. */
  reported(
    { ref, status, output, error, cause, endedAt }: Omit<ExecutionDescription, 'input' | 'startedAt'>,
    redrives = this.#redrives(ref),
  ): void {
    const run = `${ref.name} ${redrives}`;
    const before = this.#results.get(run);
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
    this.#results.set(run, text);
  }

  /** Somebody heard of the end of an execution: it must be durable. */
  durablyEnded(ref: ExecutionRef, who: string): void {
    const status = this.#disk.execution(ref)?.status;
    this.demand(status !== 'RUNNING', () => `${who} heard of the end of ${ref.name} before it was durable`);
  }

  /** `describe` told how an execution stands: all of it must be durable. */
  described(description: ExecutionDescription): void {
    const { ref, status, redriveCount = 0 } = description;
    this.reported(description, redriveCount);
    const row = this.#disk.execution(ref);
    this.demand(row !== undefined, () => `${ref.name} was described, and its start is not durable`);
    const durable = this.#redrives(ref);
    this.demand(
      redriveCount <= durable,
      () => `${ref.name} was described with ${redriveCount} redrives, durable are ${durable}`,
    );
    if (status !== 'RUNNING' && redriveCount === durable) this.durablyEnded(ref, 'describe');
  }

  /** `onEnded` took the end of an execution. */
  toldEnd(ref: ExecutionRef): void {
    this.#told.add(`${ref.name} ${this.#redrives(ref)}`);
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
    const now = events.map(textOf);
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
    const goesOn = events.findIndex(
      ({ type }, index) =>
        /^Execution(?!Started|Redriven)/.test(type) && (events[index + 1]?.type ?? REDRIVEN) !== REDRIVEN,
    );
    this.demand(goesOn < 0, () => `${name} goes on after its end`);
  }

  /** What must hold of the disk itself, whenever a process has come back. */
  recovered(): void {
    for (const row of this.#disk.executions()) this.reported(row);
    for (const [name, ref] of this.started) {
      const row = this.#disk.execution(ref);
      this.demand(row !== undefined, () => `the acknowledged start of ${name} is lost`);
      if (row === undefined) continue;
      const journal = this.#disk.journal(row.id);
      this.#history(
        name,
        journal.map(({ thread: _thread, next: _next, items: _items, ...event }) => event),
      );
      const wrong = wrongStep(journal);
      this.demand(wrong === undefined, () => `of ${name}, ${wrong}`);
    }
  }

  #refusals(): void {
    for (const [key, { ref, events }] of this.#refused) {
      const end = findTry(this.#journal(ref), key)?.end;
      this.demand(
        end === undefined || end.id <= events,
        () => `an answer to ${key} was refused, and it ended later, by event ${end?.id} ${end?.type}`,
      );
    }
  }

  /** A state that could not be skipped any more is not left with the result that came too late, but by a later redrive. */
  #lateSkips(): void {
    for (const { ref, enteredId, result, redrives } of this.#tooLate) {
      if (this.#redrives(ref) !== redrives) continue;
      const journal = this.#journal(ref);
      const entered = journal.find(({ id }) => id === enteredId);
      const left = journal.find(
        ({ id, type, thread }) => id > enteredId && thread === entered?.thread && type === 'WaitStateExited',
      );
      this.demand(
        left?.details['output'] !== JSON.stringify(result),
        () => `state ${enteredId} of ${ref.name} was skipped, though it was told not to wait any more`,
      );
    }
  }

  /** A state that was skipped is left next, a Wait with the result that was given. */
  #skips(): void {
    for (const { ref, enteredId, result, events } of this.#skipped) {
      const journal = this.#journal(ref);
      const entered = journal.find(({ id }) => id === enteredId);
      const next = journal.find(({ id, thread }) => id > events && thread === entered?.thread);
      if (next === undefined || next.type.startsWith('Execution')) continue;
      const isWait = entered?.type === 'WaitStateEntered';
      this.demand(
        isWait ? next.details['output'] === JSON.stringify(result) : !next.type.endsWith('Scheduled'),
        () => `${ref.name} was let skip state ${enteredId}, and went on with event ${next.id} ${next.type}`,
      );
    }
  }

  /** What must hold in the end, when nothing more will happen. */
  finished(): void {
    this.recovered();
    this.#refusals();
    this.#skips();
    this.#lateSkips();
    this.violations.push(...wrongChildren(this.#disk));
    for (const { ref, status } of this.#disk.executions()) {
      this.demand(status !== 'RUNNING', () => `${ref.name} of ${ref.machine} never ended`);
    }
    for (const [name, ref] of this.started) {
      const row = this.#disk.execution(ref);
      this.demand(row?.status !== 'RUNNING', () => `${name} never ended`);
      const isTold = this.#told.has(`${name} ${this.#redrives(ref)}`);
      this.demand(isTold, () => `the end of ${name} was never told`);
      const last = row === undefined ? undefined : this.#disk.journal(row.id).at(-1);
      this.demand(
        last?.type.startsWith('Execution') === true,
        () => `the journal of ${name} ends with ${last?.type}`,
      );
    }
  }
}

/** What whoever does a task is called with, as it was journaled. */
function scheduledPayload({ type, details }: JournalEvent): Json | undefined {
  if (type === 'ActivityScheduled') return JSON.parse(String(details['input']));
  const { Payload }: { Payload?: Json } = JSON.parse(String(details['parameters']));
  return Payload;
}

/** An event as text, its fields in one order. */
function textOf({ id, previousEventId, type, timestamp, details }: HistoryEvent): string {
  return JSON.stringify({ id, previousEventId, type, timestamp, details });
}
