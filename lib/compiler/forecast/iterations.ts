import { isDistributed } from '#definition/map-mode.ts';
import type { Step } from '#definition/model.ts';
import { allSteps } from '#definition/nested-lists.ts';
import { countOf, type Estimates } from '../durations.ts';
import { iterationsAtOnce } from '../waves-of-items.ts';

/** How the iterations of a forEach run. */
export interface PlannedIterations {
  /** Id of the step. */
  readonly step: string;
  /** Items each time that it runs. */
  readonly items: number;
  /** `distributed`: each is an execution of its own. */
  readonly mode: 'inline' | 'distributed';
  readonly atOnce: number;
}

/** How the iterations of each forEach run, in document order. */
export function plannedIterations(
  steps: readonly Step[],
  counts: Estimates['counts'],
): readonly PlannedIterations[] {
  return [...allSteps(steps)].flatMap((step): PlannedIterations[] => {
    if (step.kind !== 'forEach') return [];
    const items = countOf(step, counts);
    const mode = isDistributed(step) ? 'distributed' : 'inline';
    return [{ step: step.id, items, mode, atOnce: iterationsAtOnce(step, items) }];
  });
}
