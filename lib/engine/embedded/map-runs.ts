import type { ChildQuery, ChildSummary, ExecutionRef, MapRunSummary } from '../engine.ts';
import type { JournalStore } from './journal-store.ts';
import type { MapRunBounds, MapRunState, MapRunTally, StoredMapRun } from './map-run-store.ts';

const ARN_PREFIX = 'arn:aws:states:local:000000000000:mapRun:';

/** The ARN of a Map Run by its name, such as `arn:aws:states:local:000000000000:mapRun:rollout/each:3f0c…`. */
export function mapRunArn(name: string): string {
  return `${ARN_PREFIX}${name}`;
}

/** What a running Map Run may be changed to. */
export type MapRunChange = { readonly [Bound in keyof MapRunBounds]?: MapRunBounds[Bound] | undefined };

/** The Map Runs of one execution, as its states keep them. */
export interface MapRunRecord {
  /** The run of the try of a Map that an event began. */
  at(event: number): StoredMapRun | undefined;
  /** Adds a run, or writes how it stands now; its row id. Durable with what is journaled next. */
  put(run: { readonly event: number; readonly name: string }, state: MapRunState): number;
  /** Tells of changed bounds, until the returned function is called. */
  follow(name: string, listener: (bounds: MapRunBounds) => void): () => void;
}

/** An execution that is no child, with its row id. */
export interface RootExecution {
  readonly ref: ExecutionRef;
  readonly id: number;
}

const MOST_LISTED = 1_000;
const MOST_ROOTS = 1_000;

/** All Map Runs of an engine: what was, what is, and how it may be changed while it runs. */
export class MapRuns {
  readonly #store: JournalStore;
  readonly #listeners = new Map<string, (bounds: MapRunBounds) => void>();
  /** Asked for with every event of a child. */
  readonly #roots = new Map<string, RootExecution>();

  constructor(store: JournalStore) {
    this.#store = store;
  }

  /** A run by its name, `<machine>/<label>:<uuid>`. */
  find(name: string): StoredMapRun | undefined {
    return this.#store.mapRuns.find(name);
  }

  /** The run that an execution is a child of, and how many items it has there. */
  ofChild(ref: ExecutionRef): { readonly run: StoredMapRun; readonly items: number } | undefined {
    const execution = ref.machine.includes('/') ? this.#store.find(ref)?.id : undefined;
    const found = execution === undefined ? undefined : this.#store.mapRuns.ofChild(execution);
    return found === undefined ? undefined : { run: found.run, items: found.child.items };
  }

  /** Runs of an execution, newest first, those that are older than the one with the name `after`. */
  list(parent: ExecutionRef, after: string | undefined, limit: number): readonly StoredMapRun[] {
    const execution = this.#store.find(parent)?.id;
    const before = after === undefined ? Number.MAX_SAFE_INTEGER : (this.find(after)?.id ?? 0);
    return execution === undefined ? [] : this.#store.mapRuns.list(execution, before, limit);
  }

  /** Runs of an execution as the port tells of them. */
  async summaries(parent: ExecutionRef): Promise<readonly MapRunSummary[]> {
    const runs = this.list(parent, undefined, MOST_LISTED);
    await this.#store.durable();
    return runs.map(({ name, startedAt }) => ({ arn: mapRunArn(name), startedAt }));
  }

  /** Children of the run with an ARN; none where there is no such run. */
  async children(arn: string, query: ChildQuery): Promise<readonly ChildSummary[]> {
    const run = this.find(arn.slice(ARN_PREFIX.length));
    const children = run === undefined ? [] : this.#store.mapRuns.children(run.id, query);
    await this.#store.durable();
    return children;
  }

  /** The execution that a child, or a child of a child, is part of, with its row id; undefined for one that is no child. */
  rootOf(child: ExecutionRef): RootExecution | undefined {
    if (!child.machine.includes('/')) return undefined;
    // Children are named after their run, and their place in it.
    const name = `${child.machine}:${child.name.slice(0, child.name.lastIndexOf('-'))}`;
    const known = this.#roots.get(name);
    if (known !== undefined) return known;
    const parent = this.find(name)?.parent;
    const id = parent === undefined ? undefined : this.#store.find(parent)?.id;
    if (parent === undefined || id === undefined) return undefined;
    const root = this.rootOf(parent) ?? { ref: parent, id };
    const [oldest] = this.#roots.keys();
    if (this.#roots.size >= MOST_ROOTS && oldest !== undefined) this.#roots.delete(oldest);
    this.#roots.set(name, root);
    return root;
  }

  /** How the children of a run stand. */
  tally(run: StoredMapRun): readonly MapRunTally[] {
    return this.#store.mapRuns.tally(run.id);
  }

  /** Changes how many children are at once and how many may fail; takes effect at once, and holds after a crash. */
  async update(name: string, change: MapRunChange): Promise<'updated' | 'ended' | undefined> {
    const found = this.find(name);
    if (found?.status !== 'RUNNING') return found === undefined ? undefined : 'ended';
    const said = Object.entries(change).filter(([, value]) => value !== undefined);
    const bounds: MapRunBounds = { ...found.bounds, ...Object.fromEntries(said) };
    await this.#store.commit(() => this.#store.mapRuns.change(found.id, { ...stateOf(found), bounds }));
    this.#listeners.get(name)?.(bounds);
    return 'updated';
  }

  /** What the states of an execution keep of theirs; `execution` is its row id. */
  recordOf(execution: number): MapRunRecord {
    const { mapRuns } = this.#store;
    return {
      at: (event) => mapRuns.at({ execution, event }),
      put: ({ event, name }, state) => {
        const id = mapRuns.at({ execution, event })?.id;
        return this.#write(() => {
          if (id === undefined) return mapRuns.add({ execution, event }, name, state);
          mapRuns.change(id, state);
          return id;
        });
      },
      follow: (name, listener) => {
        this.#listeners.set(name, listener);
        return () => this.#listeners.delete(name);
      },
    };
  }

  /** A write that fails stops the journal, too, and with it the execution. */
  #write(work: () => number): number {
    let id = 0;
    this.#store
      .commit(() => {
        id = work();
      })
      .catch(() => undefined);
    return id;
  }
}

function stateOf({ id: _id, name: _name, parent: _parent, ...state }: StoredMapRun): MapRunState {
  return state;
}
