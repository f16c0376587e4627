import type { ForEachStep, ParallelStep, WhileStep } from '#definition/block-steps.ts';
import type { Step } from '#definition/model.ts';

/** A block that may take only so long. */
export type TimedBlock = (ForEachStep | ParallelStep | WhileStep) & { readonly timeoutMs: number };

/** Whether a step is a block whose time is limited: States Language knows timeouts of tasks and whole machines only. */
export function isTimedBlock(step: Step): step is TimedBlock {
  const isBlock = step.kind === 'parallel' || step.kind === 'forEach' || step.kind === 'while';
  return isBlock && step.timeoutMs !== undefined;
}
