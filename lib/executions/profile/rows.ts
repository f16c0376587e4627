import type { CompiledStep, CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import type { StateRun } from '../history-walk.ts';
import { pathOf } from '../step-rows.ts';
import type { StepState } from '../step-state.ts';
import type { MarkedSpan } from './critical-runs.ts';
import type { ProfiledStep } from './profile.ts';

/** A step before its time is taken apart. */
export interface ProfiledRow extends Omit<ProfiledStep, 'parts'> {
  /** Whether it holds other steps. */
  readonly isBlock: boolean;
  /** Name of the state in which it stands in line for units of pools. */
  readonly lineState: string | undefined;
}

/** What rows are made of. */
export interface RowSources {
  readonly compiled: CompiledWorkflow;
  readonly steps: readonly StepState[];
  readonly marked: ReadonlyMap<StateRun, MarkedSpan>;
  /** Milliseconds since the Unix epoch. */
  readonly startedAt: number;
}

const BLOCK_KINDS: readonly string[] = ['choose', 'parallel', 'forEach', 'while', 'lock'];

/** The runs of steps that began, in order of their start. */
export function profiledRows({ compiled, steps, marked, startedAt }: RowSources): readonly ProfiledRow[] {
  const spans = spansByPath(compiled.steps, marked);
  const known = new Map(compiled.steps.map((step) => [step.id, step]));
  const rows = steps.flatMap((step): ProfiledRow[] => {
    const [own, compiledStep] = [spans.get(step.path) ?? [], known.get(step.id)];
    if (own.length === 0 || compiledStep === undefined) return [];
    const from = Math.min(...own.map(({ span }) => span.from), step.startedAt ?? Number.POSITIVE_INFINITY);
    const to = Math.max(...own.map(({ span }) => span.to), step.endedAt ?? 0);
    const isBlock = BLOCK_KINDS.includes(compiledStep.kind);
    return [
      {
        ...{ id: step.id, path: step.path, kind: compiledStep.kind, depth: compiledStep.within.length },
        ...{ status: step.status, attempts: step.attempts, isBlock, lineState: compiledStep.lineState },
        ...(step.device === undefined ? {} : { device: step.device }),
        ...{ startMs: from - startedAt, durationMs: to - from },
        slackMs: Math.min(...own.map(({ slackMs }) => slackMs)),
        isCritical: own.some(({ isCritical }) => isCritical),
        lane: own[0]?.lane ?? 0,
      },
    ];
  });
  return rows.toSorted(
    (one, other) => one.startMs - other.startMs || one.depth - other.depth || one.lane - other.lane,
  );
}

function spansByPath(
  steps: readonly CompiledStep[],
  marked: ReadonlyMap<StateRun, MarkedSpan>,
): ReadonlyMap<string, readonly MarkedSpan[]> {
  const byState = new Map(
    steps.flatMap((step) =>
      [step.state, step.lineState ?? [], step.askState ?? [], step.timedState ?? []]
        .flat()
        .map((state) => [state, step]),
    ),
  );
  const found = new Map<string, MarkedSpan[]>();
  for (const [run, mark] of marked) {
    const step = byState.get(run.name);
    if (step === undefined) continue;
    const path = pathOf(step, run.indices);
    found.set(path, [...(found.get(path) ?? []), mark]);
  }
  return found;
}
