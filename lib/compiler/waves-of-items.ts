import type { ForEachStep } from '#definition/block-steps.ts';
import { INLINE_CONCURRENCY, isDistributed } from '#definition/map-mode.ts';
import type { Wave } from '#definition/step-parts.ts';

/** How often devices that join later are taken in, at most: each time, all that have. */
export const MOST_JOINS = 50;

/** What a wave is taken to take of all items where only a run can tell. */
const ASSUMED_SHARE = 0.1;

/**
 * How many items each wave of a forEach takes; without waves all are one. Waves for which none are left fall away. What only a
 * run can tell is taken for a tenth of the items.
 */
export function waveSizes({ waves }: Pick<ForEachStep, 'waves'>, items: number): readonly number[] {
  if (waves === undefined) return items > 0 ? [items] : [];
  const sizes: number[] = [];
  let left = items;
  for (const wave of waves.sizes) {
    const size = Math.min(left, wanted(wave, items));
    if (size > 0) sizes.push(size);
    left -= size;
  }
  return sizes;
}

function wanted(wave: Wave, items: number): number {
  if ('rest' in wave) return items;
  if ('percent' in wave) return Math.max(1, Math.ceil((items * wave.percent) / 100));
  if ('count' in wave && typeof wave.count === 'number') return wave.count;
  const assumed = Math.max(1, Math.ceil(items * ASSUMED_SHARE));
  return 'canary' in wave ? (wave.canary.max ?? assumed) : assumed;
}

/** Whether only a run can tell how many items a wave takes, though not more than some. */
function isOpen(wave: Wave): boolean {
  if ('where' in wave) return true;
  if ('canary' in wave) return wave.canary.max === undefined;
  return 'count' in wave && typeof wave.count === 'string';
}

/**
 * How many iterations of a forEach run at once, at most: a wave of which only a run can tell may take all items, and nobody knows
 * how many devices join later.
 */
export function iterationsAtOnce(
  step: Pick<ForEachStep, 'waves' | 'maxConcurrency'> & Partial<Pick<ForEachStep, 'watch'>>,
  items: number,
): number {
  const isUnbounded = step.waves?.sizes.some(isOpen) === true;
  const known = isUnbounded ? items : Math.max(0, ...waveSizes(step, items));
  const most = isDistributed(step) ? (step.maxConcurrency ?? items) : INLINE_CONCURRENCY;
  const widest = step.watch === undefined ? known : most;
  return Math.min(widest, step.maxConcurrency ?? most, most);
}

/** How many iterations of a forEach run one after the other, over all its waves. */
export function roundsOf(step: Pick<ForEachStep, 'waves' | 'maxConcurrency'>, items: number): number {
  const atOnce = iterationsAtOnce(step, items);
  return waveSizes(step, items).reduce((rounds, size) => rounds + Math.ceil(size / atOnce), 0);
}
