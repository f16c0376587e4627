import type { DecisionFile } from '#definition/decision/decision.ts';
import type { Workflow } from '#definition/model.ts';
import { decidingSteps, pinDecisions, pinVersions } from '#definition/pin-versions.ts';
import type { Project } from '#definition/project.ts';
import type { CompileOptions } from './compile.ts';

/**
 * What a workflow of a project is compiled with: the versions that it calls and decides by, the decisions themselves where they
 * are known, and the units of the project's pools.
 */
export function compileOptions(workflow: Workflow, project: Project): CompileOptions {
  const { workflows, pools } = project;
  const decisions = pinDecisions(workflow, (name) => [...(project.decisions?.get(name)?.keys() ?? [])]);
  const { versions } = pinVersions(workflow, (name) => workflows?.get(name) ?? []);
  const decisionFiles = filesOf(workflow, decisions, project);
  return { versions, decisions, decisionFiles, ...(pools === undefined ? {} : { pools }) };
}

function filesOf(
  workflow: Workflow,
  pinned: ReadonlyMap<string, string>,
  { decisions }: Project,
): ReadonlyMap<string, DecisionFile> {
  const files = decidingSteps(workflow).flatMap(({ id, decision }) => {
    const file = decisions?.get(decision)?.get(pinned.get(id) ?? '');
    return file === undefined ? [] : [[id, file] as const];
  });
  return new Map(files);
}
