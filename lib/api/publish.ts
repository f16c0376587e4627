import { compileWorkflow } from '#compiler/compile.ts';
import { hasErrors } from '#core/diagnostic.ts';
import { Source } from '#definition/source.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { publishWorkflow, type WorkflowVersion } from '#executions/workflow-store.ts';
import { type SourcedWorkflow, validateWorkflow } from '#validation/validate.ts';
import { InvalidDefinition } from './problem.ts';

/** What publishing gave: the version on record, and whether it is new there. */
export interface Publication {
  readonly version: WorkflowVersion;
  readonly isNew: boolean;
}

type PublishingPorts = Pick<ExecutionPorts, 'table' | 'engine' | 'clock'>;

/** Validates, compiles and publishes a workflow's text. Throws {@link InvalidDefinition}, SW4021, SW4022. */
export async function publishText(ports: PublishingPorts, text: string): Promise<Publication> {
  const source = Source.parse('body', text);
  const { workflow, diagnostics } = validateWorkflow(source, undefined);
  if (workflow === undefined || hasErrors(diagnostics)) throw new InvalidDefinition(diagnostics);
  return publishValid(ports, { source, workflow });
}

/** Compiles and publishes a workflow that validation has found without errors. Throws SW4021, SW4022. */
export function publishValid(
  ports: PublishingPorts,
  { source, workflow }: SourcedWorkflow,
): Promise<Publication> {
  return publishWorkflow(ports, compileWorkflow(workflow), source.text);
}
