import type { Clock } from '#core/clock.ts';
import type { Json } from '#core/json.ts';
import type { ChildRewind, ExecutionRef, Redriven, RedriveRequest, StartOptions } from '../engine.ts';
import { ExecutionNotRedrivable, engineClosed, nameTaken, noExecution, tooLarge } from '../faults.ts';
import { redriveRefusal } from '../redrivable.ts';
import type { Admission } from './admission/admission.ts';
import type { MachineDefinition } from './definition.ts';
import { keyOf } from './ends.ts';
import { type JournalStore, type StoredExecution, UNTOUCHED } from './journal-store.ts';
import { jsonText, ownCopy } from './json-text.ts';
import type { Machines } from './machines.ts';
import type { RunListeners, Runs } from './runs.ts';
import type { ItemStart } from './states/task-runner.ts';

/** What {@link Starts} works with. */
export interface StartsParts {
  readonly store: JournalStore;
  readonly clock: Clock;
  readonly machines: Machines;
  readonly admission: Admission;
  readonly runs: Runs;
  readonly listeners: RunListeners;
  readonly limits: { readonly payloadBytes: number; readonly historyEvents: number };
}

/** Of whom an item of a distributed Map is a child. */
interface ParentOfItem {
  readonly machine: MachineDefinition;
  /** Where its children go on when they are redriven. */
  readonly rewinds: readonly ChildRewind[];
}

/** What an execution is to run, and what is kept with its start. */
interface Launch {
  readonly machine: MachineDefinition;
  /** Part of the open group; `execution` is the row id. */
  note(execution: number): void;
}

/** How executions are let in: new ones, those that are redriven, and children of distributed Maps. */
export class Starts {
  readonly #parts: StartsParts;

  constructor(parts: StartsParts) {
    this.#parts = parts;
  }

  /**
   * Starts an execution as the port says, or accepts it for when there is room. Throws SW4081 and SW4082 when there is not
   * even room to wait.
   */
  async start(ref: ExecutionRef, given: Json, options: StartOptions = {}): Promise<void> {
    const { store, admission, machines, limits } = this.#parts;
    const { qualifier, isFollowUp = false } = options;
    const input = ownCopy(given);
    this.#checkOpen();
    const known = store.find(ref);
    if (known !== undefined) {
      if (jsonText(known.input) === jsonText(input)) return store.durable();
      throw nameTaken(ref);
    }
    const size = Buffer.byteLength(jsonText(input));
    if (size > limits.payloadBytes) throw tooLarge(size, limits.payloadBytes);
    if (!isFollowUp) admission.check();
    const chosen = machines.choose(ref.machine, qualifier);
    const machine = machines.named(chosen?.revision ?? ref.machine);
    await this.#launch(ref, input, { machine, note: () => chosen?.pin(ref) });
  }

  /** Starts a child of a distributed Map, in what its parent runs. One that was begun before has its input; made anew, it might be another one. It is redriven with its run. */
  async startItem({ ref, run, round, items, input }: ItemStart, parent: ParentOfItem): Promise<void> {
    const { store, machines, runs } = this.#parts;
    const { mapRuns } = store;
    const found = store.find(ref);
    const launch: Launch = {
      machine: machines.processor(parent.machine, ref),
      note: (execution) => mapRuns.putChild(run, { execution, items, round }),
    };
    if (found === undefined) return this.#launch(ref, await input(), launch);
    if (found.status === 'RUNNING' || found.status === 'SUCCEEDED') return;
    if ((mapRuns.child(run, found.id)?.round ?? round) >= round) return;
    await runs.untilTold(found);
    try {
      await this.#redrive(this.#stored(ref), pointsOf(ref, parent.rewinds), launch);
    } catch (error) {
      // It stays as it is, and counts as failed.
      if (!(error instanceof ExecutionNotRedrivable)) throw error;
      await store.commit(() => launch.note(found.id));
    }
  }

  /** Lets an ended execution run again, as the port says. */
  async redrive(ref: ExecutionRef, request: RedriveRequest): Promise<Redriven> {
    const { admission, machines, runs } = this.#parts;
    this.#checkOpen();
    admission.check();
    await runs.untilTold(this.#stored(ref));
    const machine = request.machine === undefined ? machines.of(ref) : machines.named(request.machine);
    return this.#redrive(this.#stored(ref), request, { machine, note: () => {} });
  }

  /** Keeps room for one start that is a follow-up of this call, until it is given back. Throws SW4017, SW4081, SW4082. */
  reserve(): Disposable {
    this.#checkOpen();
    return this.#parts.admission.reserve();
  }

  /** `note` writes, with the start, what else there is to keep. */
  async #launch(ref: ExecutionRef, input: Json, { machine, note }: Launch): Promise<void> {
    const { store, clock, runs } = this.#parts;
    const startedAt = clock.now();
    await store.commit(() => {
      const id = store.add(ref, input, startedAt);
      note(id);
      const run = runs.admit({ id, ref, input, startedAt }, machine, { events: [], control: UNTOUCHED });
      // In the same group, so that it fails with it.
      run?.flush().catch(() => undefined);
    });
  }

  async #redrive(
    found: StoredExecution,
    request: RedriveRequest,
    { machine, note }: Launch,
  ): Promise<Redriven> {
    const { store, clock, runs, listeners, limits } = this.#parts;
    const { id, ref } = found;
    const events = store.read(id, 1, Number.MAX_SAFE_INTEGER - 1);
    const now = clock.now();
    const counts = { events: events.length, maxEvents: limits.historyEvents };
    const refusal = redriveRefusal({ ...found, ...counts }, now);
    if (refusal !== undefined) throw new ExecutionNotRedrivable(refusal);
    const { machine: name = ref.machine, rewindTo = [], skip, children } = request;
    const redriveCount = store.control.read(id).redrives.length + 1;
    // A clock that was put back does not put back the history.
    const at = Math.max(now, events.at(-1)?.timestamp ?? 0);
    const event = redrivenEvent(events.at(-1)?.id ?? 0, { redriveCount, at });
    await store.commit(() => {
      store.control.redrive(id, { event: event.id, at, rewindTo, children }, name);
      if (skip !== undefined) store.control.skip(id, skip.enteredId, skip.result);
      store.append(id, [event]);
      note(id);
    });
    const again = { ...found, ref: { ...ref, machine: name } };
    listeners.onEvents?.(again.ref, [event]);
    runs.admit(again, machine, { events: [...events, event], control: store.control.read(id) });
    return { redriveCount, redrivenAt: at };
  }

  #checkOpen(): void {
    if (this.#parts.admission.isHeld) throw engineClosed();
  }

  #stored(ref: ExecutionRef): StoredExecution {
    const found = this.#parts.store.find(ref);
    if (found === undefined) throw noExecution(ref);
    return found;
  }
}

/** What of an execution's redrive is for a child, and for those of its own. */
function pointsOf(ref: ExecutionRef, rewinds: readonly ChildRewind[]): RedriveRequest {
  const own = rewinds.find((rewind) => keyOf(rewind.ref) === keyOf(ref));
  const children = rewinds.filter((rewind) => rewind.ref.machine.startsWith(`${ref.machine}/`));
  return {
    ...(own === undefined ? {} : { rewindTo: own.rewindTo }),
    ...(children.length === 0 ? {} : { children }),
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
