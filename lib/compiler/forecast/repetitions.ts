import type { ForEachStep } from '#definition/block-steps.ts';
import type { Step, Workflow } from '#definition/model.ts';
import { allSteps } from '#definition/nested-lists.ts';
import { countOf, type Estimates } from '../durations.ts';
import { joinsName } from '../emit/watch.ts';
import { betweenName, waveName } from '../emit/waves.ts';
import { checkName } from '../emit/while.ts';
import { MOST_JOINS, waveSizes } from '../waves-of-items.ts';
import type { Repetitions } from './visits.ts';

/** How often the parts of a workflow's machine run, by the counts of its steps. */
export function repetitionsOf({ steps }: Pick<Workflow, 'steps'>, counts: Estimates['counts']): Repetitions {
  const items = new Map<string, number>();
  const loops = new Map<string, number>();
  const shares = new Map<string, number>();
  for (const step of allSteps(steps)) {
    const count = countOf(step, counts);
    if (step.kind === 'while') {
      loops.set(checkName(step), count);
      // Each round is a Map over one item.
      items.set(step.id, 1);
    } else if (step.kind === 'forEach' && step.waves !== undefined) addWaves(step, count, { items, shares });
    // Inputs fit, in a run in which nothing fails.
    else if (step.kind === 'decide') shares.set(step.id, 0);
    else if (isCounted(step)) items.set(step.id, count);
  }
  return { items, loops, shares };
}

function isCounted({ kind }: Step): boolean {
  return kind === 'forEach' || kind === 'asl';
}

/** The Map over the waves holds one over the items of each; what is between waves is passed over before the first. */
function addWaves(
  step: ForEachStep,
  count: number,
  { items, shares }: { readonly items: Map<string, number>; readonly shares: Map<string, number> },
): void {
  const sizes = waveSizes(step, count);
  const taken = sizes.reduce((sum, size) => sum + size, 0);
  // Nobody joins later in a forecast; what waits for those who do is there all the same.
  const joins = step.watch === undefined ? 0 : MOST_JOINS;
  const waves = sizes.length + joins;
  items.set(step.id, waves);
  items.set(waveName(step), waves === 0 ? 0 : taken / waves);
  shares.set(betweenName(step), sizes.length === 0 ? 0 : (sizes.length - 1) / sizes.length);
  shares.set(joinsName(step), waves === 0 ? 0 : joins / waves);
}
