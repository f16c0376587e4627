import type { ForEachStep } from '#definition/model.ts';

/** Iterations that an inline Map state runs at once (AWS Step Functions Developer Guide, "Inline mode"). */
export const INLINE_CONCURRENCY = 40;

/**
 * Whether the iterations of a forEach are executions of their own: a distributed Map, as soon as more are wanted at once than
 * an inline one runs.
 */
export function isDistributed({ maxConcurrency }: Pick<ForEachStep, 'maxConcurrency'>): boolean {
  return (maxConcurrency ?? 0) > INLINE_CONCURRENCY;
}
