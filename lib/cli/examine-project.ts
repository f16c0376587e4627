import { workflowDiagnostics } from '#compiler/machine-rules/machine-diagnostics.ts';
import type { Diagnostic } from '#core/diagnostic.ts';
import { projectDecisions } from '#decisions/project-decisions.ts';
import type { SourcedDecision } from '#decisions/sourced-decision.ts';
import type { ProjectFiles } from '#definition/load.ts';
import { readFleet } from '#devices/simulator/read-fleet.ts';
import { byPlace } from '#validation/by-place.ts';
import { type ReadProject, readProject } from '#validation/read-project.ts';
import type { SourcedWorkflow } from '#validation/sourced-workflow.ts';
import { rehearsalDiagnostics } from './rehearsal/rehearsal-diagnostics.ts';

/** A project that has been looked at, with its decisions, each after those that it goes by. */
export interface ExaminedProject extends ReadProject {
  readonly decisions: readonly SourcedDecision[];
}

/** Reads a project and tells all that is wrong with its files, and with the machines that its workflows become. */
export function examineProject(files: ProjectFiles): ExaminedProject {
  const read = readProject(files);
  const found = soundWorkflows(read).flatMap((each) => workflowDiagnostics(each, read.project));
  const { decisions, diagnostics: ofDecisions } = projectDecisions(files);
  const others = [...ofDecisions, ...fleetDiagnostics(files), ...rehearsalDiagnostics(files)];
  return { ...read, decisions, diagnostics: byPlace([...read.diagnostics, ...found, ...others]) };
}

function fleetDiagnostics({ documents }: ProjectFiles): readonly Diagnostic[] {
  return documents.flatMap(({ kind, source }) => (kind === 'fleet' ? readFleet(source).diagnostics : []));
}

/** The workflows of a project that have no errors, and so have a machine; also those that its templates make. */
export function soundWorkflows({ workflows, tried, diagnostics }: ReadProject): readonly SourcedWorkflow[] {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  const broken = new Set(errors.map(({ file }) => file));
  return [...workflows, ...tried].filter(({ source }) => !broken.has(source.file));
}
