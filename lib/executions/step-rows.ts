import type { CompiledStep } from '#compiler/compiled-workflow.ts';
import type { StepState, StepStatus } from './step-state.ts';

/** A step's run while the history is folded into it. */
export interface StepRow {
  readonly step: CompiledStep;
  readonly path: string;
  /** Index of each iteration around, outermost first. */
  readonly indices: readonly number[];
  status: StepStatus;
  attempts: number;
  startedAt?: number | undefined;
  endedAt?: number | undefined;
  error?: string | undefined;
  cause?: string | undefined;
}

/** The runs of an execution's steps: those at the top from the start, those of an iteration once it has started. */
export class StepRows {
  readonly #steps: readonly CompiledStep[];
  readonly #byState: ReadonlyMap<string, CompiledStep>;
  readonly #position: ReadonlyMap<string, number>;
  readonly #rows = new Map<string, StepRow>();

  constructor(steps: readonly CompiledStep[]) {
    this.#steps = steps;
    this.#byState = new Map(steps.map((step) => [step.state, step]));
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

  /** The run with a path, with its iterations added where the history has not told of them. */
  ofPath(path: string): StepRow | undefined {
    if (!this.#rows.has(path)) {
      const indices = indicesIn(path);
      const step = this.#steps.find((candidate) => actualPath(candidate.path, indices) === path);
      const loops = this.#steps.filter(({ id, kind }) => kind === 'forEach' && step?.within.includes(id));
      for (const [at, { id }] of loops.entries()) this.addIteration(id, indices.slice(0, at + 1));
    }
    return this.#rows.get(path);
  }

  /** Adds the runs of an iteration's steps. */
  addIteration(forEach: string, indices: readonly number[]): void {
    this.#add(this.#inside(forEach, indices.length), indices);
  }

  /** How many steps one iteration has, those of iterations inside it not counted. */
  stepsOfIteration(forEach: string, depth: number): number {
    return this.#inside(forEach, depth).length;
  }

  /** Every run, in document order, iterations by index. */
  all(): StepRow[] {
    const keyed = [...this.#rows.values()].map((row) => ({ row, key: this.#sortKey(row) }));
    return keyed.toSorted((one, other) => compareKeys(one.key, other.key)).map(({ row }) => row);
  }

  #inside(forEach: string, depth: number): CompiledStep[] {
    return this.#steps.filter(({ within, path }) => within.includes(forEach) && iterationsIn(path) === depth);
  }

  #add(steps: readonly CompiledStep[], indices: readonly number[]): void {
    for (const step of steps) {
      const path = actualPath(step.path, indices);
      if (!this.#rows.has(path))
        this.#rows.set(path, { step, path, indices, status: 'PENDING', attempts: 0 });
    }
  }

  #sortKey({ step, indices }: StepRow): number[] {
    const around = this.#steps.filter(({ id, kind }) => kind === 'forEach' && step.within.includes(id));
    const outer = around.flatMap(({ id }, at) => [this.#position.get(id) ?? 0, indices[at] ?? 0]);
    return [...outer, this.#position.get(step.id) ?? 0];
  }
}

/** `rollout[3].flash` of `rollout[].flash`. */
function actualPath(pattern: string, indices: readonly number[]): string {
  let at = 0;
  return pattern.replaceAll('[]', () => `[${indices[at++]}]`);
}

function indicesIn(path: string): number[] {
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
