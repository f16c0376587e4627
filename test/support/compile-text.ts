import { compileWorkflow } from '#compiler/compile.ts';
import type { CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import type { Workflow } from '#definition/model.ts';
import { pinDecisions, pinVersions } from '#definition/pin-versions.ts';
import { readWorkflow } from '#definition/read-workflow.ts';
import { Source } from '#definition/source.ts';

/** A workflow given by its fields after the name, as YAML. Throws what is wrong with it. */
export function workflowOf(fields: string): Workflow {
  const text = `stepwright: 1\nname: tested\nversion: 1.0.0\n${fields}`;
  const { workflow, diagnostics } = readWorkflow(Source.parse('tested.yaml', text));
  if (workflow === undefined || diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return workflow;
}

/** Compiles a workflow given by its fields after the name, as YAML. Throws what is wrong with it. */
export function compileText(fields: string): CompiledWorkflow {
  const workflow = workflowOf(fields);
  const { versions } = pinVersions(workflow, () => ['1.0.0']);
  return compileWorkflow(workflow, { versions, decisions: pinDecisions(workflow, () => ['1.0.0']) });
}
