import type { Workflow } from '#definition/model.ts';
import type { Source } from '#definition/source.ts';

/** A workflow with the text that it was read from. */
export interface SourcedWorkflow {
  readonly source: Source;
  readonly workflow: Workflow;
}
