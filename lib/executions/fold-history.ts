import type { HistoryEvent } from '#engine/history.ts';
import { type BlockRun, type PlacedEvent, placeEvents, type StateRun } from './history-walk.ts';
import type { StepRow, StepRows } from './step-rows.ts';
import type { StepStatus } from './step-state.ts';

/** What a history says of the steps that it does not show yet. */
export interface Folded {
  /** Steps of iterations that have not started. */
  readonly stepsToCome: number;
}

/** Folds an execution's history into the runs of its steps. */
export function foldHistory(rows: StepRows, events: Iterable<HistoryEvent>): Folded {
  const fold = new HistoryFold(rows);
  for (const placed of placeEvents(events)) fold.take(placed);
  return { stepsToCome: fold.stepsToCome };
}

/** Beginnings of the events that tell how a step's own state goes; an emulator mixes those of inner states in. */
const OWN_EVENTS = {
  task: /^(Task|LambdaFunction)(?!State)/,
  block: /^(ParallelState|MapState)/,
} as const;
const FAILED = /(Failed|TimedOut)$/;
const SCHEDULED = /(Scheduled|StateStarted)$/;
const BLOCK_FAILED = /^(ParallelState|MapState)(Failed|Aborted)$/;
const EXECUTION_ENDED = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/;

class HistoryFold {
  readonly #rows: StepRows;
  readonly #open = new Map<StateRun, StepRow>();
  stepsToCome = 0;

  constructor(rows: StepRows) {
    this.#rows = rows;
  }

  take({ event, state, indices }: PlacedEvent): void {
    const { type, timestamp } = event;
    if (EXECUTION_ENDED.test(type)) this.#endExecution(event);
    else if (state === undefined) return;
    else if (type.endsWith('StateEntered')) this.#enter(state, timestamp);
    else if (type === 'MapIterationStarted') this.#startIteration(state, indices);
    else if (type.endsWith('StateExited')) this.#exit(state, timestamp);
    else if (type !== 'MapIterationFailed') this.#progress(event, state);
  }

  #enter(state: StateRun, timestamp: number): void {
    const row = this.#rows.ofState(state.name, state.indices);
    if (row === undefined) return;
    Object.assign(row, { status: 'RUNNING', startedAt: row.startedAt ?? timestamp });
    Object.assign(row, { endedAt: undefined, error: undefined, cause: undefined });
    this.#open.set(state, row);
  }

  #startIteration(map: StateRun, indices: readonly number[]): void {
    const row = this.#open.get(map);
    if (row === undefined) return;
    this.#rows.addIteration(row.step.id, indices);
    this.stepsToCome -= this.#rows.stepsOfIteration(row.step.id, indices.length);
  }

  #progress(event: HistoryEvent, state: StateRun): void {
    const { type, details, timestamp } = event;
    if (BLOCK_FAILED.test(type)) this.#close((run) => isInside(run, state), timestamp);
    const row = this.#open.get(state);
    if (row === undefined || !isOwn(row, type)) return;
    if (SCHEDULED.test(type)) {
      row.attempts++;
      row.error = undefined;
      row.cause = undefined;
      if (type === 'MapStateStarted') this.#expectIterations(state, row, Number(details['length']));
    } else if (FAILED.test(type)) {
      row.error = String(details['error'] ?? 'States.Timeout');
      row.cause = String(details['cause'] ?? '');
    }
  }

  #expectIterations(map: StateRun, row: StepRow, length: number): void {
    this.stepsToCome += length * this.#rows.stepsOfIteration(row.step.id, map.indices.length + 1);
  }

  #exit(state: StateRun, timestamp: number): void {
    const row = this.#open.get(state);
    if (row === undefined) return;
    end(row, row.error === undefined ? 'SUCCEEDED' : 'FAILED', timestamp);
    this.#open.delete(state);
  }

  /** What is open where a block or the execution ends: it failed if its last try did, else it was cut off. */
  #close(belongs: (run: StateRun) => boolean, timestamp: number): void {
    for (const [run, row] of this.#open) {
      if (!belongs(run)) continue;
      end(row, row.error === undefined ? 'CANCELLED' : 'FAILED', timestamp);
      this.#open.delete(run);
    }
  }

  #endExecution({ type, details, timestamp }: HistoryEvent): void {
    // What failed the execution is the one state that is open outside of any block.
    for (const [{ block }, row] of this.#open) {
      if (block !== undefined || type !== 'ExecutionFailed') continue;
      row.error ??= String(details['error'] ?? '');
      row.cause ??= String(details['cause'] ?? '');
    }
    this.#close(() => true, timestamp);
    this.stepsToCome = 0;
    for (const row of this.#rows.all()) if (row.status === 'PENDING') row.status = 'SKIPPED';
  }
}

/** States that schedule nothing, and an emulator's blocks, do not tell of a try; they have had one. */
function end(row: StepRow, status: StepStatus, timestamp: number): void {
  row.status = status;
  row.endedAt = timestamp;
  row.attempts = Math.max(1, row.attempts);
}

function isOwn({ step }: StepRow, type: string): boolean {
  const isBlock = step.kind === 'parallel' || step.kind === 'forEach';
  return OWN_EVENTS[isBlock ? 'block' : 'task'].test(type);
}

function isInside(run: StateRun, state: StateRun): boolean {
  for (let block: BlockRun | undefined = run.block; block !== undefined; block = block.around) {
    if (block.state === state) return true;
  }
  return false;
}
