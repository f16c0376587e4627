import { compileWorkflow } from '#compiler/compile.ts';
import { hasErrors } from '#core/diagnostic.ts';
import type { ProjectFiles } from '#definition/load.ts';
import { readWorkflow } from '#definition/read-workflow.ts';
import { Source } from '#definition/source.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { publishWorkflow, type WorkflowVersion } from '#executions/workflow-store.ts';
import { validateProject } from '#validation/validate.ts';
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
  const [publication] = await publishProject(ports, { folder: '', workflows: [source], commands: undefined });
  if (publication === undefined) throw new InvalidDefinition(source.diagnostics);
  return publication;
}

/**
 * Validates, compiles and publishes all workflows of a project, or none of them when one has errors. Throws
 * {@link InvalidDefinition}, SW4021, SW4022.
 */
export async function publishProject(
  ports: PublishingPorts,
  project: ProjectFiles,
): Promise<readonly Publication[]> {
  const diagnostics = validateProject(project);
  if (hasErrors(diagnostics)) throw new InvalidDefinition(diagnostics);
  const publications: Publication[] = [];
  for (const source of project.workflows) {
    const { workflow } = readWorkflow(source);
    if (workflow !== undefined)
      publications.push(await publishWorkflow(ports, compileWorkflow(workflow), source.text));
  }
  return publications;
}
