import type { Diagnostic } from '#core/diagnostic.ts';
import { type DocumentPath, parsePath } from '#definition/document-path.ts';
import type { Workflow } from '#definition/model.ts';
import type { Project } from '#definition/project.ts';
import type { Finding, Source } from '#definition/source.ts';
import { compileWorkflow } from '../compile.ts';
import { compileOptions } from '../compile-options.ts';
import type { CompiledWorkflow } from '../compiled-workflow.ts';
import { checkMachine } from './check-machine.ts';
import { MACHINE_CODES } from './codes.ts';
import { originOf, writtenAt } from './machine-origin.ts';

/** A workflow with the text that it was read from. */
export interface WorkflowText {
  readonly source: Source;
  readonly workflow: Workflow;
}

/** A finding at a place in a machine. */
export type PlacedFinding = Finding & { readonly path: DocumentPath };

/**
 * All that Step Functions would refuse or fail at in the machine of a workflow, at the steps that it came from. The
 * workflow is one that validation has found without errors.
 */
export function workflowDiagnostics(text: WorkflowText, project: Project): readonly Diagnostic[] {
  return machineDiagnostics(compileWorkflow(text.workflow, compileOptions(text.workflow, project)), text);
}

/** The same, of a machine that is compiled already. */
export function machineDiagnostics(
  { definition }: Pick<CompiledWorkflow, 'definition'>,
  text: WorkflowText,
): readonly Diagnostic[] {
  return checkMachine(definition).map((finding) =>
    diagnoseAtStep({ ...finding, severity: MACHINE_CODES[finding.code].severity }, text),
  );
}

/** A finding of a machine at the step that its place came from, and at the very place where an author wrote what is there. */
export function diagnoseAtStep(
  { path, ...finding }: PlacedFinding,
  { source, workflow }: WorkflowText,
): Diagnostic {
  const { step, rest } = originOf(path, workflow);
  const at = step === undefined ? [] : parsePath(step.at);
  const written = rest === undefined ? writtenAt(path, step, source.value) : [...at, 'asl', ...rest];
  if (written !== undefined) return source.diagnose(written, finding);
  const place = path.length === 0 ? '' : ` (in the machine at ${path.join('/')})`;
  return source.diagnose(at, { ...finding, message: `${finding.message}${place}` });
}
