import type { Ending, Rehearsal } from './rehearse.ts';
import type { PROMISES } from './verdict.ts';

/** The middle, nearly the worst, and the worst of many figures. */
export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
}

/** Runs that ended alike, with a seed that shows it. */
export interface Outcome {
  readonly status: Ending;
  readonly runs: number;
  /** From 0 to 1. */
  readonly share: number;
  /** Why, where it did not succeed: the error, and the step that failed. */
  readonly reason?: string;
  /** The first seed that ends so. */
  readonly seed: number;
}

/** Something that came up in some runs, with the first seed that shows it. */
export interface Counted {
  readonly what: string;
  readonly runs: number;
  readonly seed: number;
}

/** What came of many runs. */
export interface Summary {
  readonly runs: number;
  readonly outcomes: readonly Outcome[];
  /** Virtual time from start to end, in ms. */
  readonly durationMs: Quantiles;
  /** Most devices at once that were changed and not known to be good. */
  readonly blastRadius: Quantiles;
  /** Steps that failed for good in some run, most first. */
  readonly failedSteps: readonly Counted[];
  /** Devices that may have kept what was to be undone, as the execution reported. */
  readonly leftBehind: readonly Counted[];
  /** How often each promise did not hold, in all runs. */
  readonly promises: Readonly<Record<(typeof PROMISES)[number], number>>;
  readonly violations: readonly Counted[];
  /** What went wrong, over all runs. */
  readonly faults: Readonly<Record<string, number>>;
}

/** Takes runs as they come and keeps of each only what the summary needs. */
export class Summariser {
  readonly #outcomes = new Map<
    string,
    { status: Ending; reason: string | undefined; runs: number; seed: number }
  >();
  readonly #durations: number[] = [];
  readonly #radii: number[] = [];
  readonly #failedSteps = new Tally();
  readonly #leftBehind = new Tally();
  readonly #violations = new Tally();
  readonly #promises = new Map<string, number>();
  readonly #faults = new Map<string, number>();

  /** Adds a run. */
  add(run: Rehearsal): void {
    const { seed, status } = run;
    const reason = status === 'SUCCEEDED' ? undefined : reasonOf(run);
    const key = `${status} ${reason}`;
    const known = this.#outcomes.get(key) ?? { status, reason, runs: 0, seed };
    this.#outcomes.set(key, { ...known, runs: known.runs + 1 });
    this.#durations.push(run.durationMs);
    this.#radii.push(run.blastRadius);
    this.#failedSteps.add(
      seed,
      run.view.steps.filter((step) => step.status === 'FAILED').map(({ id }) => id),
    );
    this.#leftBehind.add(
      seed,
      run.leftBehind.map(
        ({ device, service = '', path, reason: why }) => `${device ?? service}: ${why} of ${path}`,
      ),
    );
    this.#violations.add(
      seed,
      run.violations.map(({ promise, text }) => `${promise}: ${text}`),
    );
    for (const { promise } of run.violations) add(this.#promises, promise, 1);
    for (const [fault, times] of run.faultCounts) add(this.#faults, fault, times);
  }

  /** What came of all runs so far. */
  summary(): Summary {
    const runs = this.#durations.length;
    return {
      runs,
      outcomes: [...this.#outcomes.values()]
        .map(({ reason, ...rest }) => ({
          ...rest,
          share: rest.runs / runs,
          ...(reason === undefined ? {} : { reason }),
        }))
        .toSorted((one, other) => other.runs - one.runs),
      durationMs: quantilesOf(this.#durations),
      blastRadius: quantilesOf(this.#radii),
      failedSteps: this.#failedSteps.list(),
      leftBehind: this.#leftBehind.list(),
      promises: promisesOf(this.#promises),
      violations: this.#violations.list(),
      faults: Object.fromEntries(this.#faults),
    };
  }
}

/** What failed, and how: `Device.Timeout in flash`. */
export function reasonOf({ error, view, violations, status }: Rehearsal): string {
  if (status === 'NEVER_ENDED')
    return violations.find(({ promise }) => promise === 'never ended')?.text ?? '';
  const failed = view.steps.find((step) => step.status === 'FAILED' && step.error === error);
  return `${error ?? 'no error'}${failed === undefined ? '' : ` in ${failed.id}`}`;
}

class Tally {
  readonly #found = new Map<string, { runs: number; seed: number }>();

  /** Counts each of these once for a run. */
  add(seed: number, texts: readonly string[]): void {
    for (const text of new Set(texts)) {
      const known = this.#found.get(text) ?? { runs: 0, seed };
      this.#found.set(text, { ...known, runs: known.runs + 1 });
    }
  }

  list(): Counted[] {
    return [...this.#found]
      .map(([what, found]) => ({ what, ...found }))
      .toSorted((one, other) => other.runs - one.runs);
  }
}

function promisesOf(found: ReadonlyMap<string, number>): Summary['promises'] {
  const of = (promise: (typeof PROMISES)[number]): number => found.get(promise) ?? 0;
  return {
    'executed twice': of('executed twice'),
    'lease leaked': of('lease leaked'),
    'undo missed': of('undo missed'),
    'never ended': of('never ended'),
    defect: of('defect'),
  };
}

function quantilesOf(figures: readonly number[]): Quantiles {
  const sorted = figures.toSorted((one, other) => one - other);
  const at = (share: number): number => sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

function add(counts: Map<string, number>, name: string, times: number): void {
  counts.set(name, (counts.get(name) ?? 0) + times);
}
