import { createHash } from 'node:crypto';
import { compileWorkflow } from '#compiler/compile.ts';
import { compileOptions } from '#compiler/compile-options.ts';
import { type CompiledWorkflow, machineName } from '#compiler/compiled-workflow.ts';
import { workflowDiagnostics } from '#compiler/machine-rules/machine-diagnostics.ts';
import { type Diagnostic, hasErrors } from '#core/diagnostic.ts';
import { projectDecisions } from '#decisions/project-decisions.ts';
import { selfContained } from '#decisions/sourced-decision.ts';
import type { EventSource } from '#definition/event-sources.ts';
import { loadProject } from '#definition/load.ts';
import type { NotificationSettings } from '#definition/notifications.ts';
import { readProject } from '#validation/read-project.ts';

/** A workflow of the project, as it is deployed. */
export interface DeployedWorkflow {
  /** Name of its machine. */
  readonly machine: string;
  readonly compiled: CompiledWorkflow;
  /** The author's text. */
  readonly source: string;
  /** SHA-256 of the compiled workflow: a change of it is a change of the deployment. */
  readonly digest: string;
}

/** A decision of the project, as it is deployed. */
export interface DeployedDecision {
  /** Name of its document in the bundle. */
  readonly document: string;
  readonly name: string;
  readonly version: string;
  /** The author's text, with the reference data put in. */
  readonly source: string;
  /** Documents of the decisions that it goes by. */
  readonly uses: readonly string[];
  /** SHA-256 of the text: a change of it is a change of the deployment. */
  readonly digest: string;
}

/** What of the file of the project is deployed. */
export interface DeployedProject {
  /** People by group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** Who is told of what; undefined where the project says nothing. */
  readonly notifications?: NotificationSettings | undefined;
  readonly events: readonly EventSource[];
}

/** What the file of a project says that has to be deployed. */
export function projectDocument(folder: string): DeployedProject {
  const { project } = readProject(loadProject(folder));
  const { groups, notifications, events } = project;
  return { groups: Object.fromEntries(groups ?? []), notifications, events };
}

/** Validates and compiles every workflow of a project. Throws, with all errors, when one is not valid. */
export function compileProject(folder: string): DeployedWorkflow[] {
  const { workflows, project, diagnostics } = readProject(loadProject(folder));
  refuseErrors(diagnostics);
  refuseErrors(workflows.flatMap((workflow) => workflowDiagnostics(workflow, project)));
  return workflows.map(({ source, workflow }) =>
    deployed(compileWorkflow(workflow, compileOptions(workflow, project)), source.text),
  );
}

/** Reads every decision of a project, each after those that it goes by. Throws, with all errors, when one is not valid. */
export function projectDecisionDocuments(folder: string): readonly DeployedDecision[] {
  const files = loadProject(folder);
  const { decisions, diagnostics, library } = projectDecisions(files);
  refuseErrors([...readProject(files).diagnostics, ...diagnostics]);
  return decisions.map((decision) => {
    const source = selfContained(decision).text;
    const uses = [...library.usesOf(decision).values()].flatMap((used) =>
      used === undefined ? [] : [decisionDocument(used.file)],
    );
    const { decision: name, version } = decision.file;
    const digest = createHash('sha256').update(source).digest('hex');
    return { document: decisionDocument(decision.file), name, version, source, uses, digest };
  });
}

/** No machine has such a name: there is an `@` in it. */
function decisionDocument({
  decision,
  version,
}: {
  readonly decision: string;
  readonly version: string;
}): string {
  return `${decision}@${version}`;
}

/** Throws, with all of them, when there are errors. */
export function refuseErrors(diagnostics: readonly Diagnostic[]): void {
  if (!hasErrors(diagnostics)) return;
  const lines = diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ file, line, column, code, message }) => `${file}:${line}:${column} ${code} ${message}`);
  throw new Error(`the project has errors\n${lines.join('\n')}`);
}

function deployed(compiled: CompiledWorkflow, source: string): DeployedWorkflow {
  const digest = createHash('sha256').update(JSON.stringify(compiled)).digest('hex');
  return { machine: machineName(compiled.name, compiled.version), compiled, source, digest };
}
