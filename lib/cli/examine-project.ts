import { workflowDiagnostics } from '#compiler/machine-rules/machine-diagnostics.ts';
import type { ProjectFiles } from '#definition/load.ts';
import { byPlace } from '#validation/by-place.ts';
import { type ReadProject, readProject, type SourcedWorkflow } from '#validation/read-project.ts';

/** Reads a project and tells all that is wrong with its files, and with the machines that its workflows become. */
export function examineProject(files: ProjectFiles): ReadProject {
  const read = readProject(files);
  const found = soundWorkflows(read).flatMap((each) => workflowDiagnostics(each, read.project));
  return { ...read, diagnostics: byPlace([...read.diagnostics, ...found]) };
}

/** The workflows of a project that have no errors, and so have a machine. */
export function soundWorkflows({ workflows, diagnostics }: ReadProject): readonly SourcedWorkflow[] {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const broken = new Set(errors.map(({ file }) => file));
  return workflows.filter(({ source }) => !broken.has(source.file));
}
