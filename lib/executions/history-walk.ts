import type { CompiledStep } from '#compiler/compiled-workflow.ts';
import type { HistoryEvent, HistoryEventType } from '#engine/history.ts';
import type { ChildHistories, ChildHistory } from './read-history.ts';
import { indicesIn as indicesInPath } from './step-rows.ts';

/** A Map or Parallel state that is being run, as the events inside it see it. */
export interface BlockRun {
  readonly state: StateRun;
  readonly around: BlockRun | undefined;
  /** Which run of what repeats around it, outermost first; iterations of a Map add their own. */
  readonly indices: readonly number[];
  /** Number of its first iteration: waves count on from each other, and so do the runs of a loop. */
  readonly firstIteration: number;
}

/** One run of a state: its name, and which run of what repeats around it. */
export interface StateRun {
  readonly name: string;
  /** Index of each iteration around, outermost first. */
  readonly indices: readonly number[];
  readonly block: BlockRun | undefined;
  /** The child execution that it is in; undefined for the execution itself. */
  readonly child: ChildHistory | undefined;
}

/** Where an event stands. */
interface Standing {
  readonly state: StateRun | undefined;
  readonly block: BlockRun | undefined;
  readonly indices: readonly number[];
}

const START: Standing = { state: undefined, block: undefined, indices: [] };

/** An event with the run of the state that it is about. */
export interface PlacedEvent {
  readonly event: HistoryEvent;
  readonly state: StateRun | undefined;
  /** Of a MapIterationStarted: the iterations, this one included. */
  readonly indices: readonly number[];
  /** The child execution whose event it is; undefined for one of the execution itself. */
  readonly child: ChildHistory | undefined;
}

/**
 * Follows the chain of `previousEventId` to tell for each event which run of which state it belongs to: events of
 * branches and iterations come mixed, and the chain is all that keeps them apart. The events of child executions come right
 * after the start of their Map Run, as if each of them were an iteration.
 *
 * @param steps of the workflow, for its loops and waves.
 * @param children that the execution has.
 */
export function placeEvents(
  steps: readonly CompiledStep[],
  events: Iterable<HistoryEvent>,
  children: ChildHistories = NO_CHILDREN,
): Generator<PlacedEvent> {
  return placeFrom({ steps, children, child: undefined, start: START }, events);
}

const NO_CHILDREN: ChildHistories = new Map();

interface Beginning {
  readonly steps: readonly CompiledStep[];
  readonly children: ChildHistories;
  readonly child: ChildHistory | undefined;
  readonly start: Standing;
}

function* placeFrom(from: Beginning, events: Iterable<HistoryEvent>): Generator<PlacedEvent> {
  const walk = new Walk(from);
  for (const event of events) {
    const { state, indices, block } = walk.follow(event);
    yield { event, state, indices, child: from.child };
    if (event.type !== 'MapRunStarted') continue;
    for (const child of from.children.get(String(event.details['mapRunArn'])) ?? []) {
      const start = { state: undefined, block, indices: indicesInPath(child.path) };
      for (const placed of placeFrom({ ...from, child, start }, child.events)) {
        yield placed.child === child ? asIteration(placed, state) : placed;
      }
    }
  }
}

const AS_ITERATION: Readonly<Partial<Record<HistoryEventType, HistoryEventType>>> = {
  ExecutionStarted: 'MapIterationStarted',
  ExecutionSucceeded: 'MapIterationSucceeded',
  ExecutionFailed: 'MapIterationFailed',
  ExecutionTimedOut: 'MapIterationFailed',
  ExecutionAborted: 'MapIterationAborted',
};

/** The beginning and the end of a child execution are those of an iteration of the Map. */
function asIteration(placed: PlacedEvent, map: StateRun | undefined): PlacedEvent {
  const type = AS_ITERATION[placed.event.type];
  if (type === undefined) return placed;
  return {
    ...placed,
    event: { ...placed.event, type },
    state: map,
    indices: indicesInPath(placed.child?.path ?? ''),
  };
}

class Walk {
  readonly #standings = new Map<number, Standing>();
  /** Where the machine itself stood last. */
  #top: Standing;
  readonly #start: Standing;
  readonly #child: ChildHistory | undefined;
  readonly #loops: ReadonlySet<string>;
  readonly #waves: ReadonlySet<string>;
  /** How many runs of a loop there have been, by the block that it is in and its name. */
  readonly #runs = new Map<BlockRun | undefined, Map<string, number>>();
  /** Where Map Runs began, by their ARN. */
  readonly #mapRuns = new Map<string, Standing>();
  /** How many items the waves of a block have had. */
  readonly #items = new Map<BlockRun | undefined, number>();

  constructor({ steps, start, child }: Beginning) {
    this.#start = start;
    this.#top = start;
    this.#child = child;
    this.#loops = new Set(steps.flatMap(({ kind, state }) => (kind === 'while' ? [state] : [])));
    this.#waves = new Set(steps.flatMap(({ waveState }) => waveState ?? []));
  }

  follow(event: HistoryEvent): Standing {
    const standing = this.#standingOf(event);
    if (event.type === 'MapRunStarted') this.#mapRuns.set(String(event.details['mapRunArn']), standing);
    if (standing.block === this.#start.block && standing.state !== undefined) this.#top = standing;
    this.#standings.set(event.id, standing);
    return standing;
  }

  /** An end may follow on nothing, and a redrive on that end: the machine goes on where it stood. */
  #standingOf(event: HistoryEvent): Standing {
    if (event.type === 'ExecutionRedriven') return this.#top;
    // A Map that was left with a failure may go on all the same.
    if (event.type === 'MapRunRedriven') {
      const run = this.#mapRuns.get(String(event.details['mapRunArn']));
      if (run !== undefined) return run;
    }
    return this.#after(this.#standings.get(event.previousEventId) ?? this.#start, event);
  }

  #after(before: Standing, { type, details }: HistoryEvent): Standing {
    if (type.endsWith('StateEntered')) return this.#enterState(before, String(details['name']));
    if (type.endsWith('StateExited')) return exitState(before, String(details['name']));
    if (type === 'ParallelStateStarted') return this.#enterBlock(before, 0);
    if (type === 'MapStateStarted') return this.#enterBlock(before, Number(details['length']));
    if (/^(Parallel|Map)State(Succeeded|Failed|Aborted)$/.test(type)) return leaveBlock(before);
    if (type === 'MapIterationStarted') {
      const at = atBlock(before, String(details['name']));
      const first = at.block?.firstIteration ?? 0;
      return { ...at, indices: [...indicesIn(at), first + Number(details['index'])] };
    }
    if (type.startsWith('MapIteration')) return atBlock(before, String(details['name']));
    return before;
  }

  #enterState({ block, indices }: Standing, name: string): Standing {
    if (this.#loops.has(name)) this.#count(block, name, indices);
    return { block, indices, state: { name, indices, block, child: this.#child } };
  }

  /** Of the event itself, the state is the block's own; what follows inside enters states of its own. */
  #enterBlock(before: Standing, items: number): Standing {
    const { state } = before;
    if (state === undefined) return before;
    const block = { state, around: before.block, ...this.#numbering(state, items) };
    return { ...before, block };
  }

  #numbering(
    { name, indices, block }: StateRun,
    items: number,
  ): Pick<BlockRun, 'indices' | 'firstIteration'> {
    if (this.#loops.has(name)) {
      const run = (this.#runs.get(block)?.get(keyOf(name, indices)) ?? 1) - 1;
      return { indices, firstIteration: run };
    }
    if (!this.#waves.has(name)) return { indices, firstIteration: 0 };
    const earlier = this.#items.get(block) ?? 0;
    this.#items.set(block, earlier + items);
    return { indices: indices.slice(0, -1), firstIteration: earlier };
  }

  #count(block: BlockRun | undefined, name: string, indices: readonly number[]): void {
    const runs = this.#runs.get(block) ?? new Map<string, number>();
    const key = keyOf(name, indices);
    this.#runs.set(block, runs.set(key, (runs.get(key) ?? 0) + 1));
  }
}

function keyOf(name: string, indices: readonly number[]): string {
  return [name, ...indices].join(' ');
}

/**
 * The standing of a Map's own events. An iteration may follow on the one that made room for it, and so on the last event
 * inside that one; an emulator names no Map, and its iterations follow on the start of theirs.
 */
function atBlock(before: Standing, name: string): Standing {
  for (let { block } = before; block !== undefined; block = block.around) {
    if (block.state.name === name) return { state: block.state, block, indices: block.indices };
  }
  return { ...before, indices: indicesIn(before) };
}

function indicesIn({ block }: Standing): readonly number[] {
  return block?.indices ?? [];
}

/** An exit names its state. It may follow on the last event inside its block, without word of the block's own end. */
function exitState(before: Standing, name: string): Standing {
  for (let block = before.block; block !== undefined; block = block.around) {
    const { state, around } = block;
    if (state.name === name) return { state, block: around, indices: state.indices };
  }
  return before;
}

function leaveBlock(before: Standing): Standing {
  if (before.block === undefined) return before;
  const { state, around } = before.block;
  return { state, block: around, indices: state.indices };
}
