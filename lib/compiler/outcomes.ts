import type { Step } from '#definition/model.ts';
import type { Need } from '#definition/step-parts.ts';
import { graphOf, topologicalOrder } from './graph.ts';

/** How the steps of one list may end, as far as it can be told before they run. */
export interface Outcomes {
  /** Steps that may end otherwise than well and the workflow goes on: skipped, or failed and caught. */
  readonly uncertain: ReadonlySet<string>;
  /** Of these, the steps whose failure is caught. */
  readonly caught: ReadonlySet<string>;
}

/** The possible outcomes of a list's steps. */
export function outcomesOf(steps: readonly Step[]): Outcomes {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const caught = new Set(steps.filter(isCaught).map(({ id }) => id));
  const uncertain = new Set<string>();
  for (const id of topologicalOrder(graphOf(steps))) {
    const step = byId.get(id);
    if (step !== undefined && (caught.has(id) || isGuarded(step, { uncertain, caught }))) uncertain.add(id);
  }
  return { uncertain, caught };
}

/** Whether the workflow goes on when the step has failed. */
export function isCaught(step: Step): boolean {
  return 'catch' in step && step.catch !== undefined;
}

/** Whether it depends on a condition or on the outcome of others that the step runs at all. */
export function isGuarded(step: Step, outcomes: Outcomes): boolean {
  return step.if !== undefined || openNeeds(step, outcomes).length > 0;
}

/** The needs that are not met in any case once the needed step has ended. */
export function openNeeds(step: Step, { uncertain }: Outcomes): readonly Need[] {
  return (step.needs ?? []).filter(
    (need) => need.outcome !== 'done' && (need.outcome !== 'succeeded' || uncertain.has(need.step)),
  );
}
