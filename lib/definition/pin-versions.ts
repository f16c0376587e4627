import semver from 'semver';
import type { DecideStep, Workflow, WorkflowStep } from './model.ts';
import { allSteps } from './nested-lists.ts';

/** A workflow that another runs, by a step or to undo what that did. */
export interface Callee {
  /** The id of the step, or {@link undoId} of it. */
  readonly id: string;
  readonly workflow: string;
  /** Range of versions; undefined for any. */
  readonly version: string | undefined;
}

/** By what the workflow is known that undoes what one called by a step did. Ids of steps have no colons. */
export function undoId({ id }: Pick<WorkflowStep, 'id'>): string {
  return `${id}:undo`;
}

/** The workflows that a workflow runs. */
export function calleesOf({ steps }: Pick<Workflow, 'steps'>): readonly Callee[] {
  return [...allSteps(steps)].flatMap((step) => {
    if (step.kind !== 'workflow') return [];
    const { compensate } = step;
    return compensate === undefined ? [step] : [step, { id: undoId(step), ...compensate }];
  });
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
  /** By {@link Callee.id}. */
  readonly versions: ReadonlyMap<string, string>;
  readonly missing: readonly Callee[];
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
  const missing: Callee[] = [];
  for (const callee of calleesOf(workflow)) {
    const version = highestInRange(versionsOf(callee.workflow), callee.version);
    if (version === undefined) missing.push(callee);
    else versions.set(callee.id, version);
  }
  return { versions, missing };
}

/** The highest version in a range; of any, where none is given: a prerelease only when there is nothing else. */
export function highestInRange(versions: readonly string[], range = '*'): string | undefined {
  const found = semver.maxSatisfying([...versions], range);
  return found ?? (range === '*' ? [...versions].sort(semver.rcompare)[0] : undefined);
}
