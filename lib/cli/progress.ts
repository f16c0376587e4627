/** A step as a progress view shows it. */
export interface StepProgress {
  /** Such as `rollout[3].flash`. */
  readonly path: string;
  readonly status: string;
  /** Number of tries so far. */
  readonly attempts: number;
  readonly device?: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt?: number;
  /** Milliseconds since the Unix epoch. */
  readonly endedAt?: number;
  /** Name of the error it failed with. */
  readonly error?: string;
}

/** An execution as a progress view shows it. */
export interface ExecutionProgress {
  /** Such as `firmware-rollout 2.1.0`. */
  readonly title: string;
  readonly status: string;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
  /** Milliseconds since the Unix epoch. */
  readonly endedAt?: number | undefined;
  /** How many of the steps known so far have ended. */
  readonly done: number;
  readonly total: number;
  readonly steps: readonly StepProgress[];
}

/** One line of a progress view: a step, or all steps of one iteration side by side. */
export type ProgressRow =
  | { readonly kind: 'step'; readonly depth: number; readonly label: string; readonly step: StepProgress }
  | {
      readonly kind: 'iteration';
      readonly depth: number;
      /** The device it is about, else its number. */
      readonly label: string;
      readonly steps: readonly StepProgress[];
    };

/**
 * Arranges steps as rows: those of one forEach iteration share a row, below the forEach; every other one has its own,
 * indented by what contains it.
 */
export function progressRows(steps: readonly StepProgress[]): ProgressRow[] {
  const byIteration = Map.groupBy(steps, (step) => iterationOf(step.path));
  const iterationsByForEach = Map.groupBy(
    [...byIteration.keys()].filter(Boolean).sort(byIndex),
    (iteration) => iteration.slice(0, iteration.lastIndexOf('[')),
  );
  const iterationRows = (forEach: string, depth: number): ProgressRow[] =>
    (iterationsByForEach.get(forEach) ?? []).flatMap((iteration) => {
      const members = byIteration.get(iteration) ?? [];
      const label = members.find((step) => step.device !== undefined)?.device ?? indexLabel(iteration);
      return [
        { kind: 'iteration' as const, depth, label, steps: members },
        ...members.flatMap((member) => iterationRows(member.path, depth + 1)),
      ];
    });
  const outside = byIteration.get('') ?? [];
  const paths = new Set(outside.map((step) => step.path));
  return outside.flatMap((step) => {
    const container = containerOf(step.path, paths);
    const depth = container === undefined ? 0 : container.split('.').length;
    const label = container === undefined ? step.path : step.path.slice(container.length + 1);
    return [{ kind: 'step' as const, depth, label, step }, ...iterationRows(step.path, depth + 1)];
  });
}

/** `rollout[3]` of `rollout[3].flash`; '' outside of any forEach. */
function iterationOf(path: string): string {
  return path.slice(0, path.lastIndexOf(']') + 1);
}

function indexOf(iteration: string): number {
  return Number(iteration.slice(iteration.lastIndexOf('[') + 1, -1));
}

function byIndex(left: string, right: string): number {
  return indexOf(left) - indexOf(right);
}

function indexLabel(iteration: string): string {
  return `#${indexOf(iteration) + 1}`;
}

/** The nearest step whose path this one's starts with. */
function containerOf(path: string, paths: ReadonlySet<string>): string | undefined {
  for (let end = path.lastIndexOf('.'); end > 0; end = path.lastIndexOf('.', end - 1)) {
    const container = path.slice(0, end);
    if (paths.has(container)) return container;
  }
  return undefined;
}
