import { workflowDiagnostics } from '#compiler/machine-rules/machine-diagnostics.ts';
import type { ProjectFiles } from '#definition/load.ts';
import { byPlace } from '#validation/by-place.ts';
import { type ReadProject, readProject } from '#validation/read-project.ts';

/** Reads a project and tells all that is wrong with its files, and with the machines that its workflows become. */
export function examineProject(files: ProjectFiles): ReadProject {
  const read = readProject(files);
  const broken = new Set(
    read.diagnostics.filter(({ severity }) => severity === 'error').map(({ file }) => file),
  );
  const found = read.workflows
    .filter(({ source }) => !broken.has(source.file))
    .flatMap((each) => workflowDiagnostics(each, read.project));
  return { ...read, diagnostics: byPlace([...read.diagnostics, ...found]) };
}
