import type { ForEachStep, Step, Workflow } from '#definition/model.ts';
import { allSteps } from '#definition/nested-lists.ts';
import { countOf, type Estimates } from '../durations.ts';
import { betweenName, waveName } from '../emit/waves.ts';
import { checkName } from '../emit/while.ts';
import { waveSizes } from '../waves-of-items.ts';
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
  items.set(step.id, sizes.length);
  items.set(waveName(step), sizes.length === 0 ? 0 : taken / sizes.length);
  shares.set(betweenName(step), sizes.length === 0 ? 0 : (sizes.length - 1) / sizes.length);
}
