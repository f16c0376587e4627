import type { Json, JsonObject } from '#core/json.ts';
import {
  type Control,
  type ControlStore,
  type ExecutionEnd,
  type JournalEvent,
  type JournalStore,
  type StoredExecution,
  UNTOUCHED,
} from '#engine/embedded/journal-store.ts';
import type { MapRunChild, MapRunState, MapRunStore, StoredMapRun } from '#engine/embedded/map-run-store.ts';
import type { ExecutionRef } from '#engine/engine.ts';

/** What is on the disk: rows as text, as SQLite keeps them. */
interface DiskState {
  readonly machines: Map<string, string>;
  /** By id. */
  readonly executions: Map<number, string>;
  readonly ids: Map<string, number>;
  readonly journals: Map<number, readonly string[]>;
  readonly controls: Map<number, Control>;
  /** By id. */
  readonly mapRuns: Map<number, MapRunRow>;
  /** By the id of their execution. */
  readonly children: Map<number, MapRunChild & { readonly run: number }>;
}

interface MapRunRow {
  readonly execution: number;
  readonly event: number;
  readonly name: string;
  readonly state: MapRunState;
}

/**
 * A disk that outlives the processes that write to it. It changes by whole groups only: SQLite's write-ahead log has a
 * checksum and a commit mark, so that a group whose frames were torn or never flushed is dropped as a whole when the file
 * is opened again. What can happen to a group is therefore that it is there, that it is lost, and that nobody knows which
 * (the flush failed after the frames were written) until the file is opened again.
 */
export class SimulatedDisk {
  readonly state: DiskState = {
    machines: new Map(),
    executions: new Map(),
    ids: new Map(),
    journals: new Map(),
    controls: new Map(),
    mapRuns: new Map(),
    children: new Map(),
  };

  /** The durable events of the execution with this id. */
  journal(id: number): JournalEvent[] {
    return (this.state.journals.get(id) ?? []).flatMap(parseEvents);
  }

  /** What operators have done to the execution with this id, as far as it is durable. */
  control(id: number): Control {
    return this.state.controls.get(id) ?? UNTOUCHED;
  }

  /** The durable execution with this id. */
  withId(id: number): StoredExecution | undefined {
    const text = this.state.executions.get(id);
    return text === undefined ? undefined : parseExecution(text);
  }

  /** All durable executions, also those that others have started. */
  executions(): readonly StoredExecution[] {
    return [...this.state.executions.values()].map(parseExecution);
  }

  /** The execution of this name, whatever its machine; its start is durable. */
  named(name: string): ExecutionRef | undefined {
    return this.executions().find(({ ref }) => ref.name === name)?.ref;
  }

  /** The durable row of an execution. */
  execution(ref: ExecutionRef): StoredExecution | undefined {
    return readExecution(this.state, ref);
  }
}

/** What becomes of a group when it is flushed; `unknown` ones fail, but are on the disk. */
export type Flush = 'durable' | 'lost' | 'unknown';

/** What a process and its disk are in for. */
export interface StoreConditions {
  /** Whether the process still lives; a dead one reaches nothing and hears of nothing. */
  isAlive(): boolean;
  /** Calls back when the open group is to be flushed. */
  schedule(flush: () => void): void;
  /** Asked as a group is flushed. */
  nextFlush(): Flush;
  /** Asked as a row is written: false is a full disk. */
  canWrite(): boolean;
  /** An instant at which the process may die. */
  instant(): void;
}

/** What a disk says that takes no more. */
export class DiskFault extends Error {
  override readonly name = 'DiskFault';
}

type Change = (state: DiskState) => void;

/** The journal store of one process on a {@link SimulatedDisk}. */
export class SimulatedStore implements JournalStore {
  readonly failed: Promise<unknown>;
  readonly #disk: SimulatedDisk;
  readonly #conditions: StoreConditions;
  /** What this process knows to be on the disk: what a failed group is rolled back to. */
  readonly #durable: DiskState;
  /** What this process reads: that, and the open group. */
  #seen: DiskState;
  readonly #tellFailure: (fault: unknown) => void;
  #group: Change[] | undefined;
  #late: (() => void)[] = [];
  #waiters: { resolve(): void; reject(fault: unknown): void }[] = [];
  #failure: DiskFault | undefined;

  constructor(disk: SimulatedDisk, conditions: StoreConditions) {
    this.#disk = disk;
    this.#conditions = conditions;
    this.#durable = copyOf(disk.state);
    this.#seen = copyOf(disk.state);
    const { promise, resolve } = Promise.withResolvers<unknown>();
    [this.failed, this.#tellFailure] = [promise, resolve];
  }

  readonly control: ControlStore = {
    read: (id) => this.#seen.controls.get(id) ?? UNTOUCHED,
    redrive: (id, redrive, machine) => {
      this.#control(id, ({ redrives }) => ({ redrives: [...redrives, redrive], isPaused: false }));
      this.#change(({ executions, ids }) => {
        const text = executions.get(id);
        if (text === undefined) return;
        const {
          output: _output,
          error: _error,
          cause: _cause,
          endedAt: _endedAt,
          ...row
        } = parseExecution(text);
        const ref = { ...row.ref, machine };
        executions.set(id, JSON.stringify({ ...row, ref, status: 'RUNNING', notified: false }));
        ids.set(keyOf(ref), id);
      });
    },
    skip: (id, event, result) =>
      this.#control(id, ({ skips }) => ({ skips: new Map([...skips, [event, result]]) })),
    setPaused: (id, isPaused) => this.#control(id, () => ({ isPaused })),
  };

  #control(id: number, change: (control: Control) => Partial<Control>): void {
    this.#change(({ controls }) => {
      const control = controls.get(id) ?? UNTOUCHED;
      controls.set(id, { ...control, ...change(control) });
    });
  }

  readonly mapRuns: MapRunStore = {
    find: (name) => this.#runs(({ name: other }) => other === name)[0],
    at: ({ execution, event }) => this.#runs((run) => run.execution === execution && run.event === event)[0],
    list: (execution, before, limit) =>
      this.#runs((run) => run.execution === execution)
        .filter(({ id }) => id < before)
        .toReversed()
        .slice(0, limit),
    add: (place, name, state) => {
      const id = this.#seen.mapRuns.size + 1;
      this.#change(({ mapRuns }) => void mapRuns.set(id, { ...place, name, state }));
      return id;
    },
    change: (id, state) =>
      this.#change(({ mapRuns }) => {
        const row = mapRuns.get(id);
        if (row !== undefined) mapRuns.set(id, { ...row, state });
      }),
    putChild: (run, child) =>
      this.#change(({ children }) => void children.set(child.execution, { ...child, run })),
    child: (run, execution) => {
      const found = this.#seen.children.get(execution);
      return found?.run === run ? toChild(found) : undefined;
    },
    ofChild: (execution) => {
      const child = this.#seen.children.get(execution);
      const run = this.#runs((_, id) => id === child?.run)[0];
      return run === undefined || child === undefined ? undefined : { run, child: toChild(child) };
    },
    children: (run, { status, most }) =>
      [...this.#seen.children.values()]
        .filter((child) => child.run === run)
        .map(({ execution }) => parseExecution(this.#seen.executions.get(execution) ?? '{}'))
        .filter((child) => status === undefined || child.status === status)
        .toReversed()
        .slice(0, most)
        .map(({ ref, status: now, startedAt, endedAt }) => ({
          ...{ ref, status: now, startedAt },
          ...(endedAt === undefined ? {} : { endedAt }),
        })),
    tally: (run) =>
      [...this.#seen.children.values()]
        .filter((child) => child.run === run)
        .map(({ execution, items, round }) => {
          const { status } = parseExecution(this.#seen.executions.get(execution) ?? '{}');
          return { status, round, items, executions: 1 };
        }),
  };

  /** Oldest first. */
  #runs(isWanted: (run: MapRunRow, id: number) => boolean): StoredMapRun[] {
    return [...this.#seen.mapRuns]
      .filter(([id, run]) => isWanted(run, id))
      .map(([id, { execution, name, state }]) => {
        const { ref: parent } = parseExecution(this.#seen.executions.get(execution) ?? '{}');
        return { ...structuredClone(state), id, name, parent };
      });
  }

  async commit<T>(work: () => T): Promise<T> {
    this.#conditions.instant();
    if (this.#failure !== undefined) throw this.#failure;
    this.#openGroup();
    const value = work();
    await this.durable();
    return value;
  }

  async commitLate(work: () => void): Promise<void> {
    this.#conditions.instant();
    if (this.#failure !== undefined) throw this.#failure;
    this.#openGroup();
    this.#late.push(work);
    await this.durable();
  }

  #openGroup(): void {
    if (this.#group !== undefined) return;
    this.#group = [];
    this.#conditions.schedule(() => this.#flush());
  }

  durable(): Promise<void> {
    if (!this.#conditions.isAlive()) return new Promise(() => {});
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (this.#group === undefined) return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject });
    });
  }

  secret(): Buffer {
    return Buffer.from('the same of one store');
  }

  machine(name: string): JsonObject | undefined {
    const text = this.#seen.machines.get(name);
    return text === undefined ? undefined : parseObject(text);
  }

  addMachine(name: string, definition: JsonObject): Promise<void> {
    const text = JSON.stringify(definition);
    return this.commit(() => this.#change(({ machines }) => void machines.set(name, text)));
  }

  find(ref: ExecutionRef): StoredExecution | undefined {
    return readExecution(this.#seen, ref);
  }

  unsettled(): readonly StoredExecution[] {
    const all = [...this.#seen.executions.values()].map(parseExecution);
    return all.filter(({ notified }) => !notified).toSorted((left, right) => left.id - right.id);
  }

  add(ref: ExecutionRef, input: Json, startedAt: number): number {
    const id = this.#seen.executions.size + 1;
    const row: StoredExecution = { id, ref, status: 'RUNNING', input, startedAt, notified: false };
    const text = JSON.stringify(row);
    this.#change(({ executions, ids }) => {
      executions.set(id, text);
      ids.set(keyOf(ref), id);
    });
    return id;
  }

  end(id: number, end: ExecutionEnd): void {
    this.#update(id, end);
  }

  append(id: number, events: readonly JournalEvent[]): void {
    if (events.length === 0) return;
    const row = JSON.stringify(events);
    this.#change(({ journals }) => void journals.set(id, [...(journals.get(id) ?? []), row]));
  }

  read(id: number, from: number, count: number): JournalEvent[] {
    const events = (this.#seen.journals.get(id) ?? []).flatMap(parseEvents);
    return events.filter((event) => event.id >= from).slice(0, count);
  }

  markNotified(id: number): Promise<void> {
    return this.commit(() => this.#update(id, { notified: true }));
  }

  #update(id: number, more: Partial<StoredExecution>): void {
    this.#change(({ executions }) => {
      const text = executions.get(id);
      if (text !== undefined) executions.set(id, JSON.stringify({ ...parseExecution(text), ...more }));
    });
  }

  /** Writes a row into the open group. */
  #change(change: Change): void {
    if (!this.#conditions.canWrite()) throw this.#fail();
    change(this.#seen);
    this.#group?.push(change);
  }

  #flush(): void {
    this.#conditions.instant();
    if (!this.#conditions.isAlive() || !this.#writeLate() || this.#failure !== undefined) return;
    const group = this.#group ?? [];
    const flush = this.#conditions.nextFlush();
    if (flush !== 'lost') for (const change of group) change(this.#disk.state);
    this.#conditions.instant();
    if (flush !== 'durable') {
      this.#fail();
      return;
    }
    this.#group = undefined;
    for (const change of group) change(this.#durable);
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const waiter of waiters) if (this.#conditions.isAlive()) waiter.resolve();
  }

  /** Writes what was kept for the end of the group; false when there was no room for it. */
  #writeLate(): boolean {
    const late = this.#late;
    this.#late = [];
    try {
      for (const work of late) work();
      return true;
    } catch (error) {
      if (error instanceof DiskFault) return false;
      throw error;
    }
  }

  #fail(): DiskFault {
    const fault = this.#failure ?? new DiskFault('the disk takes no more');
    this.#failure = fault;
    this.#seen = this.#durable;
    const waiters = this.#waiters;
    this.#waiters = [];
    if (!this.#conditions.isAlive()) return fault;
    for (const waiter of waiters) waiter.reject(fault);
    this.#tellFailure(fault);
    return fault;
  }
}

function copyOf(state: DiskState): DiskState {
  const { machines, executions, ids, journals, controls, mapRuns, children } = state;
  return {
    machines: new Map(machines),
    executions: new Map(executions),
    ids: new Map(ids),
    journals: new Map(journals),
    controls: new Map(controls),
    mapRuns: new Map(mapRuns),
    children: new Map(children),
  };
}

function keyOf({ machine, name }: ExecutionRef): string {
  return `${machine}:${name}`;
}

function readExecution(state: DiskState, ref: ExecutionRef): StoredExecution | undefined {
  const text = state.executions.get(state.ids.get(keyOf(ref)) ?? 0);
  return text === undefined ? undefined : parseExecution(text);
}

function parseExecution(text: string): StoredExecution {
  return JSON.parse(text);
}

function toChild({ execution, items, round }: MapRunChild): MapRunChild {
  return { execution, items, round };
}

function parseEvents(text: string): readonly JournalEvent[] {
  return JSON.parse(text);
}

function parseObject(text: string): JsonObject {
  return JSON.parse(text);
}
