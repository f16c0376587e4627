import { TOO_MANY_CHILDREN_FAILED } from '#compiler/task-payload.ts';
import type { HistoryEvent } from '#engine/history.ts';
import { type BlockRun, type PlacedEvent, placeEvents, type StateRun } from './history-walk.ts';
import type { ChildHistories, ChildHistory } from './read-history.ts';
import type { Runs, StepRow, StepRows } from './step-rows.ts';
import type { StepStatus } from './step-state.ts';

/** What a history says of the steps that it does not show yet. */
export interface Folded {
  /** Steps of iterations that have not started. */
  readonly stepsToCome: number;
}

/** Folds an execution's history, with those of its child executions, into the runs of its steps. */
export function foldHistory(
  rows: StepRows,
  events: Iterable<HistoryEvent>,
  children?: ChildHistories,
): Folded {
  const fold = new HistoryFold(rows);
  for (const placed of placeEvents(rows.steps, events, children)) fold.take(placed);
  return { stepsToCome: fold.stepsToCome };
}

/** Beginnings of the events that tell how a step's own state goes; an emulator mixes those of inner states in. */
const OWN_EVENTS = {
  task: /^(Task|LambdaFunction)(?!State)/,
  block: /^(ParallelState|MapState)/,
} as const;
const FAILED = /(Failed|TimedOut)$/;
/** What a failure goes through on its way out of blocks. */
const GOES_DOWN = /(Failed|TimedOut|Aborted)$/;
/** What failed in a block may be a Fail state, of which the history tells no error. */
const UNKNOWN_FAILURE = 'States.TaskFailed';
const SCHEDULED = /(Scheduled|StateStarted)$/;
const BLOCK_FAILED = /^(ParallelState|MapState)(Failed|Aborted)$/;
const BLOCK_STARTED = /^(ParallelState|MapState)Started$/;
/** How a child execution ends without success, as an iteration. */
const CHILD_FAILED = /^MapIteration(Failed|Aborted)$/;
const EXECUTION_ENDED = /^Execution(Succeeded|Failed|Aborted|TimedOut)$/;

class HistoryFold {
  readonly #rows: StepRows;
  readonly #open = new Map<StateRun, StepRow>();
  /** What was open where a block or the execution ended: a redrive goes on with it. */
  readonly #cut = new Map<StateRun, StepRow>();
  #beforeEnd: { readonly stepsToCome: number; readonly skipped: readonly StepRow[] } = {
    stepsToCome: 0,
    skipped: [],
  };
  /** Failures of child executions, by the Map. */
  readonly #childFailures: { readonly map: StateRun; readonly event: HistoryEvent }[] = [];
  /** With what events tell of failing, by the history that they are of. */
  readonly #failures = new Map<object, Map<number, HistoryEvent['details']>>();
  #redrivenAt = 0;
  stepsToCome = 0;

  constructor(rows: StepRows) {
    this.#rows = rows;
  }

  take({ event, state, indices, child }: PlacedEvent): void {
    const { type, timestamp } = event;
    this.#noteFailure(event, child ?? this);
    if (child !== undefined && type === 'ExecutionRedriven') this.#reopen((run) => run.child === child);
    else if (child !== undefined && CHILD_FAILED.test(type)) this.#endChild(event, { child, map: state });
    else if (EXECUTION_ENDED.test(type)) this.#endExecution(event);
    else if (type === 'ExecutionRedriven') this.#redrive(timestamp);
    else if (state === undefined) return;
    else if (type.endsWith('StateEntered')) this.#enter(state, timestamp);
    else if (type === 'MapIterationStarted') this.#startIteration(state, indices);
    else if (type.endsWith('StateExited')) this.#exit(state, timestamp);
    else if (type !== 'MapIterationFailed') this.#progress(event, state);
  }

  /** A step begins to run when it gets in line for units of pools, where it takes some. */
  #enter(state: StateRun, timestamp: number): void {
    const row = this.#rows.ofState(state.name, state.indices);
    if (row === undefined) return;
    Object.assign(row, { status: 'RUNNING', startedAt: row.startedAt ?? timestamp });
    Object.assign(row, { endedAt: undefined, error: undefined, cause: undefined });
    // What the machine could not decide by itself is decided by the handler: until then there has been no try.
    if (state.name === row.step.askState) row.attempts = 0;
    this.#open.set(state, row);
  }

  #startIteration(block: StateRun, indices: readonly number[]): void {
    const runs = this.#rows.runsOf(block.name);
    // Nothing is between waves before the first.
    if (runs === undefined || (runs.kind === 'between' && indices.at(-1) === 0)) return;
    this.#rows.addRun(runs, indices);
    if (areCounted(runs)) this.stepsToCome -= this.#rows.stepsOfRun(runs, indices.length);
  }

  #progress(event: HistoryEvent, state: StateRun): void {
    const { type, details, timestamp } = event;
    if (type === 'MapRunRedriven') this.#goOnIn(state);
    if (BLOCK_FAILED.test(type)) this.#close((run) => isInside(run, state), timestamp);
    if (BLOCK_STARTED.test(type)) this.#forget(state);
    if (type === 'MapStateStarted') this.#expectIterations(state, Number(details['length']));
    const row = this.#open.get(state);
    if (row === undefined || !isOwn(row, state, type)) return;
    if (SCHEDULED.test(type)) {
      if (state.name === row.step.state || state.name === row.step.askState) row.attempts++;
      row.error = undefined;
      row.cause = undefined;
    } else if (FAILED.test(type)) {
      const { error, cause = '' } = this.#failureOf(event, state);
      row.error = String(error ?? (type.endsWith('TimedOut') ? 'States.Timeout' : UNKNOWN_FAILURE));
      row.cause = String(cause);
    }
  }

  /** A block that fails does not say with what: that is told by what failed in it, some events before. */
  #noteFailure({ id, previousEventId, type, details }: HistoryEvent, history: object): void {
    const known = this.#failures.get(history) ?? new Map<number, HistoryEvent['details']>();
    this.#failures.set(history, known);
    const failure = details['error'] === undefined ? known.get(previousEventId) : details;
    if (failure !== undefined && GOES_DOWN.test(type)) known.set(id, failure);
  }

  /** A Map Run tells no more than that too many children have failed: here it is what the first of them failed with. */
  #failureOf({ id, details, timestamp }: HistoryEvent, state: StateRun): HistoryEvent['details'] {
    if ((details['error'] ?? TOO_MANY_CHILDREN_FAILED) !== TOO_MANY_CHILDREN_FAILED) return details;
    if (details['error'] === undefined) {
      const inside = this.#failures.get(state.child ?? this)?.get(id);
      if (inside !== undefined && inside['error'] !== TOO_MANY_CHILDREN_FAILED) return inside;
    }
    const [first] = this.#childFailures
      .filter(({ map }) => map === state || isInside(map, state))
      .map(({ event }) => event)
      .filter((event) => event.timestamp >= this.#redrivenAt && event.timestamp <= timestamp)
      .sort((one, other) => one.timestamp - other.timestamp);
    return first?.details ?? details;
  }

  /** What is open where a child execution fails is cut off; what failed it is the one state open outside of its blocks. */
  #endChild(event: HistoryEvent, { child, map }: { child: ChildHistory; map: StateRun | undefined }): void {
    const { type, timestamp } = event;
    if (type === 'MapIterationFailed' && map !== undefined) {
      this.#childFailures.push({ map, event });
      for (const [run, row] of this.#open) {
        if (run.child !== child || run.block?.state !== map) continue;
        const failure = this.#failureOf(event, run);
        row.error ??= String(failure['error'] ?? '');
        row.cause ??= String(failure['cause'] ?? '');
      }
    }
    this.#close((run) => run.child === child, timestamp);
  }

  #expectIterations({ name, indices }: StateRun, length: number): void {
    const runs = this.#rows.runsOf(name);
    if (runs === undefined || !areCounted(runs)) return;
    const depth = indices.length + (runs.kind === 'wave' ? 0 : 1);
    this.stepsToCome += length * this.#rows.stepsOfRun(runs, depth);
  }

  #exit(state: StateRun, timestamp: number): void {
    this.#forget(state);
    const row = this.#open.get(state);
    if (row === undefined) return;
    this.#open.delete(state);
    // Who has been in line goes on.
    if (state.name === row.step.lineState && row.error === undefined) return;
    end(row, row.error === undefined ? 'SUCCEEDED' : 'FAILED', timestamp);
  }

  /** What is open where a block or the execution ends: it failed if its last try did, else it was cut off. */
  #close(belongs: (run: StateRun) => boolean, timestamp: number): void {
    for (const [run, row] of this.#open) {
      if (!belongs(run)) continue;
      end(row, row.error === undefined ? 'CANCELLED' : 'FAILED', timestamp);
      this.#open.delete(run);
      this.#cut.set(run, row);
    }
  }

  /** What is inside a block that was left, or is tried again, is not gone on with. */
  #forget(block: StateRun): void {
    for (const run of this.#cut.keys()) if (isInside(run, block)) this.#cut.delete(run);
  }

  /** What was cut off goes on. */
  #reopen(belongs: (run: StateRun) => boolean): void {
    for (const [run, row] of this.#cut) {
      if (!belongs(run)) continue;
      Object.assign(row, { status: 'RUNNING', endedAt: undefined, error: undefined, cause: undefined });
      this.#open.set(run, row);
      this.#cut.delete(run);
    }
  }

  /** A Map goes on, and with it what it is in, also where they were left with its failure. */
  #goOnIn(map: StateRun): void {
    for (let state: StateRun | undefined = map; state !== undefined; state = state.block?.state) {
      const row = this.#rows.ofState(state.name, state.indices);
      if (row === undefined || this.#open.has(state)) continue;
      Object.assign(row, { status: 'RUNNING', endedAt: undefined, error: undefined, cause: undefined });
      this.#open.set(state, row);
    }
  }

  /** Children are redriven by themselves. */
  #redrive(timestamp: number): void {
    this.#reopen(({ child }) => child === undefined);
    this.#redrivenAt = timestamp;
    for (const row of this.#beforeEnd.skipped) row.status = 'PENDING';
    this.stepsToCome = this.#beforeEnd.stepsToCome;
  }

  #endExecution(event: HistoryEvent): void {
    const { type, timestamp } = event;
    // What failed the execution is the one state that is open outside of any block.
    for (const [run, row] of this.#open) {
      const { block } = run;
      if (block !== undefined || type !== 'ExecutionFailed') continue;
      const failure = this.#failureOf(event, run);
      if (row.error === UNKNOWN_FAILURE) Object.assign(row, { error: undefined, cause: undefined });
      row.error ??= String(failure['error'] ?? '');
      row.cause ??= String(failure['cause'] ?? '');
    }
    this.#close(() => true, timestamp);
    const skipped = this.#rows.all().filter(({ status }) => status === 'PENDING');
    this.#beforeEnd = { stepsToCome: this.stepsToCome, skipped };
    this.stepsToCome = 0;
    for (const row of skipped) row.status = 'SKIPPED';
  }
}

/** Whether it is known beforehand how many runs there will be. */
function areCounted({ kind }: Runs): boolean {
  return kind === 'items' || kind === 'wave';
}

/** States that schedule nothing, and an emulator's blocks, do not tell of a try; they have had one. */
function end(row: StepRow, status: StepStatus, timestamp: number): void {
  row.status = status;
  row.endedAt = timestamp;
  row.attempts = Math.max(1, row.attempts);
}

const BLOCKS = ['parallel', 'forEach', 'while', 'lock'];

function isOwn({ step }: StepRow, { name }: StateRun, type: string): boolean {
  if (name === step.lineState) return OWN_EVENTS.task.test(type);
  if (step.kind === 'asl') return OWN_EVENTS.task.test(type) || OWN_EVENTS.block.test(type);
  return OWN_EVENTS[BLOCKS.includes(step.kind) ? 'block' : 'task'].test(type);
}

function isInside(run: StateRun, state: StateRun): boolean {
  for (let block: BlockRun | undefined = run.block; block !== undefined; block = block.around) {
    if (block.state === state) return true;
  }
  return false;
}
