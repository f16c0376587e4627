import type { ChooseStep } from '#definition/block-steps.ts';
import type { Step } from '#definition/model.ts';
import { isSequence } from './step-tree.ts';

/** How long a list of steps takes at least, in ms: what its declared waits take that nothing can cut short. */
export function shortestTime(steps: readonly Step[]): number {
  const times = steps.map(shortestOfStep);
  if (!isSequence(steps)) return Math.max(0, ...times);
  return times.reduce((sum, time) => sum + time, 0);
}

function shortestOfStep(step: Step): number {
  if (step.if !== undefined || isCaught(step)) return 0;
  switch (step.kind) {
    case 'wait':
      return 'ms' in step.wait ? step.wait.ms : 0;
    case 'parallel':
      return Math.max(0, ...Object.values(step.branches).map(shortestTime));
    case 'choose':
      return shortestBranch(step);
    case 'lock':
      return shortestTime(step.steps);
    default:
      return 0;
  }
}

function isCaught(step: Step): boolean {
  return 'catch' in step && step.catch !== undefined;
}

function shortestBranch({ branches }: ChooseStep): number {
  if (branches.every(({ if: condition }) => condition !== undefined)) return 0;
  return Math.min(...branches.map(({ steps }) => shortestTime(steps)));
}
