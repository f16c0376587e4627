import type { CompiledStep } from '#compiler/compiled-workflow.ts';
import type { StepState, StepStatus } from './step-state.ts';

/** A step's run while the history is folded into it. */
export interface StepRow {
  readonly step: CompiledStep;
  readonly path: string;
  /** Index of each iteration around, outermost first. */
  readonly indices: readonly number[];
  /** Whether the history does not tell of its iteration: a command of a step beside it does. */
  readonly isUntold: boolean;
  status: StepStatus;
  attempts: number;
  startedAt?: number | undefined;
  endedAt?: number | undefined;
  error?: string | undefined;
  cause?: string | undefined;
}

/** What a step repeats: the pattern of the path of one run, such as `rollout[]`, `rollout.waves[]` or `poll[]`. */
export interface Runs {
  readonly pattern: string;
  /** `items` of an iteration; `wave`: items of a wave, which is itself a run of `between`; `loop`. */
  readonly kind: 'items' | 'wave' | 'between' | 'loop';
}

/** The runs of an execution's steps: those at the top from the start, those of an iteration once it has started. */
export class StepRows {
  readonly steps: readonly CompiledStep[];
  readonly #byState: ReadonlyMap<string, CompiledStep>;
  readonly #runsByState: ReadonlyMap<string, Runs>;
  readonly #position: ReadonlyMap<string, number>;
  readonly #rows = new Map<string, StepRow>();

  constructor(steps: readonly CompiledStep[]) {
    this.steps = steps;
    this.#byState = new Map(
      steps.flatMap((step) =>
        [step.state, step.lineState ?? [], step.askState ?? [], step.timedState ?? []]
          .flat()
          .map((state) => [state, step]),
      ),
    );
    this.#runsByState = new Map(steps.flatMap(runsOfStep));
    this.#position = new Map(steps.map((step, at) => [step.id, at]));
    this.#add(
      steps.filter(({ path }) => iterationsIn(path) === 0),
      [],
    );
  }

  /** The run that a state belongs to, or undefined where the state is none of a step. */
  ofState(name: string, indices: readonly number[]): StepRow | undefined {
    const step = this.#byState.get(name);
    return step === undefined ? undefined : this.#rows.get(actualPath(step.path, indices));
  }

  /** The run with a path, with what repeats around it added where the history has not told of it. */
  ofPath(path: string): StepRow | undefined {
    if (!this.#rows.has(path)) {
      for (const { index } of path.matchAll(/\]/g)) {
        const run = path.slice(0, index + 1);
        const pattern = run.replaceAll(/\[\d+\]/g, '[]');
        this.#add(this.#inside({ pattern }, indicesIn(run).length), indicesIn(run), true);
      }
    }
    return this.#rows.get(path);
  }

  /** What a state repeats, or undefined where it runs what is inside it once. */
  runsOf(state: string): Runs | undefined {
    return this.#runsByState.get(state);
  }

  /** Adds the runs of the steps inside one run of what repeats. */
  addRun(runs: Pick<Runs, 'pattern'>, indices: readonly number[]): void {
    this.#add(this.#inside(runs, indices.length), indices);
  }

  /** How many steps one run has, those of runs inside it not counted. */
  stepsOfRun(runs: Pick<Runs, 'pattern'>, depth: number): number {
    return this.#inside(runs, depth).length;
  }

  /** How many runs are known. */
  get count(): number {
    return this.#rows.size;
  }

  /** Every run, in document order, iterations by index. */
  all(): StepRow[] {
    const keyed = [...this.#rows.values()].map((row) => ({ row, key: this.#sortKey(row) }));
    return keyed.toSorted((one, other) => compareKeys(one.key, other.key)).map(({ row }) => row);
  }

  #inside({ pattern }: Pick<Runs, 'pattern'>, depth: number): CompiledStep[] {
    return this.steps.filter(({ path }) => path.startsWith(`${pattern}.`) && iterationsIn(path) === depth);
  }

  #add(steps: readonly CompiledStep[], indices: readonly number[], isUntold = false): void {
    for (const step of steps) {
      const path = actualPath(step.path, indices);
      if (!this.#rows.has(path))
        this.#rows.set(path, { step, path, indices, isUntold, status: 'PENDING', attempts: 0 });
    }
  }

  /** By the position of each step around that repeats, and by which run of it; what is between waves comes last. */
  #sortKey({ step, indices }: StepRow): number[] {
    const around = this.steps.filter(({ id, kind }) => REPEATING.includes(kind) && step.within.includes(id));
    const outer = around.flatMap(({ id, path }, at) => {
      const isBetween = step.path.startsWith(`${path}.waves[]`);
      return [this.#position.get(id) ?? 0, (indices[at] ?? 0) + (isBetween ? AFTER_ALL_ITEMS : 0)];
    });
    return [...outer, this.#position.get(step.id) ?? 0];
  }
}

const REPEATING: readonly string[] = ['forEach', 'while'];
const AFTER_ALL_ITEMS = 1e9;

function runsOfStep({ kind, path, state, waveState }: CompiledStep): (readonly [string, Runs])[] {
  if (kind === 'while') return [[state, { pattern: `${path}[]`, kind: 'loop' }]];
  if (kind !== 'forEach') return [];
  if (waveState === undefined) return [[state, { pattern: `${path}[]`, kind: 'items' }]];
  return [
    [state, { pattern: `${path}.waves[]`, kind: 'between' }],
    [waveState, { pattern: `${path}[]`, kind: 'wave' }],
  ];
}

/** The path of a run of a step, by the index of each iteration around. */
export function pathOf({ path }: Pick<CompiledStep, 'path'>, indices: readonly number[]): string {
  return actualPath(path, indices);
}

/** `rollout[3].flash` of `rollout[].flash`. */
function actualPath(pattern: string, indices: readonly number[]): string {
  let at = 0;
  return pattern.replaceAll('[]', () => `[${indices[at++]}]`);
}

/** The index of each iteration in the path of a run. */
export function indicesIn(path: string): number[] {
  return [...path.matchAll(/\[(\d+)\]/g)].map(([, index]) => Number(index));
}

function iterationsIn(pattern: string): number {
  return pattern.split('[]').length - 1;
}

function compareKeys(one: readonly number[], other: readonly number[]): number {
  const at = one.findIndex((part, index) => part !== other[index]);
  if (at < 0) return one.length - other.length;
  return (one[at] ?? 0) - (other[at] ?? -1);
}

/** What is told of a run. */
export function toStepState(row: StepRow, device: string | undefined): StepState {
  const { step, path, status, attempts, startedAt, endedAt, error, cause } = row;
  return {
    id: step.id,
    path,
    status,
    attempts,
    ...(device === undefined ? {} : { device }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
  };
}
