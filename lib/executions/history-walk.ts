import type { HistoryEvent } from '#engine/history.ts';

/** A Map or Parallel state that is being run, as the events inside it see it. */
export interface BlockRun {
  readonly state: StateRun;
  readonly around: BlockRun | undefined;
}

/** One run of a state: its name, the iterations it is in, and the block around. */
export interface StateRun {
  readonly name: string;
  /** Index of each iteration around, outermost first. */
  readonly indices: readonly number[];
  readonly block: BlockRun | undefined;
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
}

/**
 * Follows the chain of `previousEventId` to tell for each event which run of which state it belongs to: events of
 * branches and iterations come mixed, and the chain is all that keeps them apart.
 */
export function* placeEvents(events: Iterable<HistoryEvent>): Generator<PlacedEvent> {
  const standings = new Map<number, Standing>();
  for (const event of events) {
    const standing = follow(standings.get(event.previousEventId) ?? START, event);
    standings.set(event.id, standing);
    yield { event, state: standing.state, indices: standing.indices };
  }
}

function follow(before: Standing, { type, details }: HistoryEvent): Standing {
  if (type.endsWith('StateEntered')) {
    const { block, indices } = before;
    return { block, indices, state: { name: String(details['name']), indices, block } };
  }
  if (type.endsWith('StateExited')) return exitState(before, String(details['name']));
  if (type === 'ParallelStateStarted' || type === 'MapStateStarted') return enterBlock(before);
  if (/^(Parallel|Map)State(Succeeded|Failed|Aborted)$/.test(type)) return leaveBlock(before);
  if (type === 'MapIterationStarted') {
    return { ...before, indices: [...outerIndices(before), Number(details['index'])] };
  }
  if (type.startsWith('MapIteration')) return { ...before, indices: outerIndices(before) };
  return before;
}

function outerIndices({ block }: Standing): readonly number[] {
  return block?.state.indices ?? [];
}

/** Of the event itself, the state is the block's own; what follows inside enters states of its own. */
function enterBlock(before: Standing): Standing {
  if (before.state === undefined) return before;
  return { ...before, block: { state: before.state, around: before.block } };
}

/** An exit names its state. It may follow on the last event inside its block, without word of the block's own end. */
function exitState(before: Standing, name: string): Standing {
  if (before.state?.name === name) return before;
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
