import type { Workflow } from '#definition/model.ts';
import { pinVersions } from '#definition/pin-versions.ts';
import type { Project } from '#definition/project.ts';
import type { CompileOptions } from './compile.ts';

/** What a workflow of a project is compiled with: the versions that it calls, and the units of the project's pools. */
export function compileOptions(workflow: Workflow, { workflows, pools }: Project): CompileOptions {
  const { versions } = pinVersions(workflow, (name) => workflows?.get(name) ?? []);
  return { versions, ...(pools === undefined ? {} : { pools }) };
}
