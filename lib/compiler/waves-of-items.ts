import type { ForEachStep } from '#definition/model.ts';
import type { Wave } from '#definition/step-parts.ts';

/** Iterations that an inline Map state runs at once (AWS Step Functions Developer Guide, "Inline mode"). */
const INLINE_CONCURRENCY = 40;

/** How many items each wave of a forEach takes; without waves all are one. Waves for which none are left fall away. */
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
  return 'count' in wave ? wave.count : Math.max(1, Math.ceil((items * wave.percent) / 100));
}

/** How many iterations of a forEach run at once, at most. */
export function iterationsAtOnce(step: Pick<ForEachStep, 'waves' | 'maxConcurrency'>, items: number): number {
  const widest = Math.max(0, ...waveSizes(step, items));
  return Math.min(widest, step.maxConcurrency ?? INLINE_CONCURRENCY, INLINE_CONCURRENCY);
}

/** How many iterations of a forEach run one after the other, over all its waves. */
export function roundsOf(step: Pick<ForEachStep, 'waves' | 'maxConcurrency'>, items: number): number {
  const atOnce = iterationsAtOnce(step, items);
  return waveSizes(step, items).reduce((rounds, size) => rounds + Math.ceil(size / atOnce), 0);
}
