import semver from 'semver';
import type { DecideStep, Workflow, WorkflowStep } from './model.ts';
import { allSteps } from './nested-lists.ts';

/** The steps of a workflow that run other workflows. */
export function callingSteps({ steps }: Pick<Workflow, 'steps'>): WorkflowStep[] {
  return [...allSteps(steps)].filter((step) => step.kind === 'workflow');
}

/** The steps of a workflow that ask decisions. */
export function decidingSteps({ steps }: Pick<Workflow, 'steps'>): DecideStep[] {
  return [...allSteps(steps)].filter((step) => step.kind === 'decide');
}

/**
 * Pins the decisions that a workflow asks: by the id of each step, the highest version in its range. Steps for which there is
 * none are left out; validation tells of them.
 *
 * @param versionsOf the versions that there are of a decision.
 */
export function pinDecisions(
  workflow: Pick<Workflow, 'steps'>,
  versionsOf: (name: string) => readonly string[],
): ReadonlyMap<string, string> {
  const pinned = decidingSteps(workflow).map(
    (step) => [step.id, highestInRange(versionsOf(step.decision), step.version)] as const,
  );
  return new Map(pinned.flatMap(([id, version]) => (version === undefined ? [] : [[id, version]])));
}

/** The versions that the steps of a workflow run, and the steps for which there is none. */
export interface PinnedVersions {
  /** By the id of the step. */
  readonly versions: ReadonlyMap<string, string>;
  readonly missing: readonly WorkflowStep[];
}

/**
 * Pins the workflows that a workflow calls: of each, the highest version in its range. What is published runs with the
 * same workflows for ever, whatever is published after it.
 *
 * @param versionsOf the versions that there are of a workflow.
 */
export function pinVersions(
  workflow: Pick<Workflow, 'steps'>,
  versionsOf: (name: string) => readonly string[],
): PinnedVersions {
  const versions = new Map<string, string>();
  const missing: WorkflowStep[] = [];
  for (const step of callingSteps(workflow)) {
    const version = highestInRange(versionsOf(step.workflow), step.version);
    if (version === undefined) missing.push(step);
    else versions.set(step.id, version);
  }
  return { versions, missing };
}

/** The highest version in a range; of any, where none is given: a prerelease only when there is nothing else. */
export function highestInRange(versions: readonly string[], range = '*'): string | undefined {
  const found = semver.maxSatisfying([...versions], range);
  return found ?? (range === '*' ? [...versions].sort(semver.rcompare)[0] : undefined);
}
