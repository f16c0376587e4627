import type { ForEachStep } from './block-steps.ts';

/** Iterations that an inline Map state runs at once (AWS Step Functions Developer Guide, "Inline mode"). */
export const INLINE_CONCURRENCY = 40;

/** Child executions that a distributed Map runs at once (AWS Step Functions Developer Guide, "Distributed mode"). */
export const MOST_CHILDREN_AT_ONCE = 10_000;

/**
 * Whether the iterations of a forEach are executions of their own: a distributed Map, as soon as more are wanted at once than
 * an inline one runs.
 */
export function isDistributed({ maxConcurrency }: Pick<ForEachStep, 'maxConcurrency'>): boolean {
  return (maxConcurrency ?? 0) > INLINE_CONCURRENCY;
}
