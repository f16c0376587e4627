import type { Diagnostic } from '#core/diagnostic.ts';
import type { JsonObject } from '#core/json.ts';
import type { Workflow } from '#definition/model.ts';
import type { Project } from '#definition/project.ts';
import type { Source } from '#definition/source.ts';
import { type Fault, fillTemplate } from '#definition/template/fill.ts';
import type { SourcedTemplate } from '#definition/template/template.ts';
import { byPlace } from './by-place.ts';
import { validateWorkflow } from './validate.ts';

/** A workflow that was made of a template. */
export interface Instance {
  /** The workflow as a file has it. */
  readonly document: JsonObject;
  /** Finds its parts in the template. */
  readonly source: Source;
  /** To be run only when no diagnostic is an error. */
  readonly workflow: Workflow | undefined;
  /** All that is wrong with it, at its places in the template. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Makes a workflow of a template and values that fit its parameters, and validates it. */
export function instantiate(
  { source, template }: SourcedTemplate,
  values: JsonObject,
  project: Project,
): Instance {
  const { workflow: document, faults } = fillTemplate(template, values);
  const part = source.part(['workflow'], document);
  if (faults.length > 0) {
    const diagnostics = byPlace(faults.map((fault) => diagnosticOf(fault, source)));
    return { document, source: part, workflow: undefined, diagnostics };
  }
  return { document, source: part, ...validateWorkflow(part, project) };
}

function diagnosticOf({ path, at, finding }: Fault, source: Source): Diagnostic {
  const inFile = ['workflow', ...path];
  return at === 'key' ? source.diagnose(inFile, finding, 'key') : source.diagnoseInside(inFile, at, finding);
}
