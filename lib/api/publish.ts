import { compileWorkflow } from '#compiler/compile.ts';
import { compileOptions } from '#compiler/compile-options.ts';
import { machineDiagnostics } from '#compiler/machine-rules/machine-diagnostics.ts';
import { hasErrors } from '#core/diagnostic.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import type { KnownDecisions } from '#definition/decision/read-decision.ts';
import type { Workflow } from '#definition/model.ts';
import { calleesOf, decidingSteps, highestInRange } from '#definition/pin-versions.ts';
import { NO_PROJECT, type Project } from '#definition/project.ts';
import { readWorkflow } from '#definition/read-workflow.ts';
import { Source } from '#definition/source.ts';
import { getDecision } from '#executions/decision-store.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { publishedVersions } from '#executions/workflow-latest.ts';
import { publishWorkflow, type WorkflowVersion } from '#executions/workflow-store.ts';
import { decisionKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';
import type { SourcedWorkflow } from '#validation/sourced-workflow.ts';
import { validateWorkflow } from '#validation/validate.ts';
import { InvalidDefinition } from './problem.ts';

/** What publishing gave: the version on record, and whether it is new there. */
export interface Publication {
  readonly version: WorkflowVersion;
  readonly isNew: boolean;
}

type PublishingPorts = Pick<ExecutionPorts, 'table' | 'engine' | 'clock'>;

/**
 * Validates, compiles and publishes a workflow's text; it may call what is published. Throws {@link InvalidDefinition},
 * SW4021, SW4022.
 */
export async function publishText(ports: PublishingPorts, text: string): Promise<Publication> {
  const source = Source.parse('body', text);
  const project = await publishedProject(ports, readWorkflow(source).draft);
  const { workflow, diagnostics } = validateWorkflow(source, project);
  if (workflow === undefined || hasErrors(diagnostics)) throw new InvalidDefinition(diagnostics);
  return publishValid(ports, { source, workflow }, project);
}

/** What a workflow can call of what is published, itself included. */
export async function publishedProject(
  { table }: Pick<PublishingPorts, 'table'>,
  draft: Workflow,
): Promise<Project> {
  const names = new Set([draft.name, ...calleesOf(draft).map((step) => step.workflow)]);
  const workflows = new Map<string, readonly string[]>();
  for (const name of names) {
    const versions = (await publishedVersions(table, name)).map(({ version }) => version);
    const all = name === draft.name ? [...new Set([...versions, draft.version])] : versions;
    if (all.length > 0) workflows.set(name, all);
  }
  return { ...NO_PROJECT, workflows, decisions: await publishedDecisions(table, draft) };
}

/** The decisions that a workflow asks, of what is published: their versions, and the files of those that decide. */
async function publishedDecisions(table: Table, draft: Workflow): Promise<KnownDecisions> {
  const known = new Map<string, Map<string, DecisionFile | undefined>>();
  for (const { decision, version: range } of decidingSteps(draft)) {
    const published = await publishedVersions(table, decision, decisionKeys);
    const versions = known.get(decision) ?? new Map(published.map(({ version }) => [version, undefined]));
    const pinned = highestInRange([...versions.keys()], range);
    if (pinned !== undefined && versions.get(pinned) === undefined)
      versions.set(pinned, (await getDecision(table, decision, pinned)).file);
    if (versions.size > 0) known.set(decision, versions);
  }
  return known;
}

/**
 * Compiles and publishes a workflow that validation has found without errors. Throws {@link InvalidDefinition} where Step
 * Functions would not take its machine, SW4021, SW4022.
 */
export async function publishValid(
  ports: PublishingPorts,
  sourced: SourcedWorkflow,
  project: Project,
): Promise<Publication> {
  const { source, workflow } = sourced;
  const compiled = compileWorkflow(workflow, compileOptions(workflow, project));
  const diagnostics = machineDiagnostics(compiled, sourced);
  if (hasErrors(diagnostics)) throw new InvalidDefinition(diagnostics);
  return publishWorkflow(ports, compiled, source.text);
}
