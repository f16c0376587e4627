import { StepwrightError } from '#core/error.ts';
import type { SourcedDecision } from '#decisions/sourced-decision.ts';
import { loadProject, type ProjectFiles } from '#definition/load.ts';
import type { Project } from '#definition/project.ts';
import type { Source } from '#definition/source.ts';
import type { SourcedWorkflow } from '#validation/sourced-workflow.ts';
import { type ExaminedProject, examineProject } from './examine-project.ts';
import { refuseErrors } from './refuse-errors.ts';
import type { Terminal } from './terminal.ts';

/** Loads a project that has no errors; else prints them, and throws `AlreadyTold`. */
export function loadValidProject(path: string, terminal: Terminal): ExaminedProject {
  const files = loadProject(path);
  const read = examineProject(files);
  refuseErrors(read.diagnostics, filesOf(files), terminal);
  return read;
}

/** A workflow file with those that it calls, and what is known of its project. */
export interface LoadedWorkflow extends SourcedWorkflow {
  readonly called: readonly SourcedWorkflow[];
  readonly project: Project;
  readonly decisions: readonly SourcedDecision[];
}

/** Loads the one workflow file that a path names. Throws SW1007 for a folder, and for a file of another kind. */
export function loadValidWorkflow(file: string, terminal: Terminal): LoadedWorkflow {
  const { workflows, project, decisions } = loadValidProject(file, terminal);
  const [found, ...called] = workflows;
  if (found?.source.file === file) return { ...found, called, project, decisions };
  throw new StepwrightError({
    code: 'SW1007',
    kind: 'invalid',
    message: `${file} is no workflow file`,
    hint: 'name one workflow file',
  });
}

/** Every file of a project. */
export function filesOf({ file, workflows, commands = [], documents }: ProjectFiles): readonly Source[] {
  const others = documents.map(({ source }) => source);
  return [...(file === undefined ? [] : [file]), ...workflows, ...commands, ...others];
}
