import type { Json } from '#core/json.ts';
import type { Change } from '#definition/diff/change.ts';
import { diffWorkflows } from '#definition/diff/diff-workflows.ts';
import type { Workflow } from '#definition/model.ts';
import { readWorkflow } from '#definition/read-workflow.ts';
import { Source } from '#definition/source.ts';

/** Parts of a workflow file, as JSON; undefined leaves out what would be there otherwise. */
export type WorkflowParts = Readonly<Record<string, Json | undefined>>;

const WHOLE: WorkflowParts = {
  stepwright: 1,
  name: 'tour',
  version: '1.0.0',
  steps: [{ id: 'end', succeed: true }],
  output: null,
};

/** A workflow with these parts, the others being the least that there must be. Throws when it has not its shape. */
export function workflowWith(parts: WorkflowParts): Workflow {
  const { workflow, diagnostics } = readWorkflow(
    Source.parse('tour.json', JSON.stringify({ ...WHOLE, ...parts })),
  );
  if (workflow === undefined || diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return workflow;
}

/** What has changed between two workflows, a line each: `breaking changed site: required now`. */
export function changeLines(before: WorkflowParts, after: WorkflowParts): readonly string[] {
  return diffWorkflows(workflowWith(before), workflowWith(after)).changes.map(changeLine);
}

function changeLine({ impact, what, of, text }: Change): string {
  return `${impact} ${what} ${of}: ${text}`;
}
