import type { ForEachStep } from '#definition/block-steps.ts';
import { isDistributed } from '#definition/map-mode.ts';

/**
 * A level of nesting that has variables of its own: a branch of a Parallel state or an iteration of a Map state. What
 * happens inside sees the variables around it; from outside, only what is brought out is seen.
 */
export interface ScopeLevel {
  /** Unique in the workflow, such as `both.left` or `rollout[]`. */
  readonly key: string;
  /** Variable of the scope around it that holds what is brought out, by name; undefined when nothing is. */
  readonly broughtOutBy: string | undefined;
  /** Whether it is an execution of its own, which sees of what is around it no more than its input says. */
  readonly isExecution?: true;
}

/** Where in the machine a state stands: the levels around it, outermost first; empty at the top. */
export type Scope = readonly ScopeLevel[];

/** The scope of a branch of a `parallel` step. */
export function branchScope(outer: Scope, stepId: string, branch: string): Scope {
  return [...outer, { key: `${stepId}.${branch}`, broughtOutBy: `${stepId}__steps` }];
}

/** The scope of an iteration of a `while` step. */
export function loopScope(outer: Scope, stepId: string): Scope {
  return [...outer, { key: iterationKey(stepId), broughtOutBy: undefined }];
}

/** The scope of an iteration of a `forEach` step. */
export function iterationScope(outer: Scope, step: Pick<ForEachStep, 'id' | 'maxConcurrency'>): Scope {
  const level = { key: iterationKey(step.id), broughtOutBy: undefined };
  return [...outer, isDistributed(step) ? { ...level, isExecution: true } : level];
}

function iterationKey(stepId: string): string {
  return `${stepId}[]`;
}

/** The scope of the innermost execution of its own around a place; empty where that is the workflow's. */
export function executionAround(scope: Scope): Scope {
  return scope.slice(0, scope.findLastIndex(({ isExecution }) => isExecution === true) + 1);
}

/** The scope of what a `forEach` step does between waves. */
export function betweenScope(outer: Scope, stepId: string): Scope {
  return [...outer, { key: `${stepId}.waves[]`, broughtOutBy: undefined }];
}

/** The scope of the steps of a `lock`. */
export function blockScope(outer: Scope, stepId: string): Scope {
  return [...outer, { key: `${stepId}.steps`, broughtOutBy: `${stepId}__steps` }];
}

/** The scope of a block whose time is limited. */
export function timedScope(outer: Scope, stepId: string): Scope {
  return [...outer, { key: timedKey(stepId), broughtOutBy: `${stepId}__timed` }];
}

/** The scope around a block, seen from the step itself: its failure is told there, also where its time is limited. */
export function failureScope(scope: Scope, stepId: string): Scope {
  return scope.at(-1)?.key === timedKey(stepId) ? scope.slice(0, -1) : scope;
}

function timedKey(stepId: string): string {
  return `${stepId}.timed`;
}

/** The scope of one side of a group of steps that the compiler has put side by side. */
export function sideScope(outer: Scope, groupVariable: string, index: number): Scope {
  return [...outer, { key: `${groupVariable}.${index}`, broughtOutBy: groupVariable }];
}
