import type { Workflow } from '#definition/model.ts';
import { pinDecisions, pinVersions } from '#definition/pin-versions.ts';
import type { Project } from '#definition/project.ts';
import type { CompileOptions } from './compile.ts';

/** What a workflow of a project is compiled with: the versions that it calls and decides by, and the units of the project's pools. */
export function compileOptions(workflow: Workflow, project: Project): CompileOptions {
  const { workflows, pools } = project;
  const decisions = pinDecisions(workflow, (name) => [...(project.decisions?.get(name)?.keys() ?? [])]);
  const { versions } = pinVersions(workflow, (name) => workflows?.get(name) ?? []);
  return { versions, decisions, ...(pools === undefined ? {} : { pools }) };
}
