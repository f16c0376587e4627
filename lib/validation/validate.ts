import type { Diagnostic } from '#core/diagnostic.ts';
import type { Catalogue } from '#definition/command.ts';
import type { ProjectFiles } from '#definition/load.ts';
import type { Workflow } from '#definition/model.ts';
import { allSteps } from '#definition/nested-lists.ts';
import { readWorkflow } from '#definition/read-workflow.ts';
import type { Source } from '#definition/source.ts';
import { readCatalogue } from './catalogue.ts';
import { Report } from './report.ts';
import { RULES } from './rules.ts';
import { subjectOf } from './subject.ts';
import { walk } from './walk.ts';

/** The definition of a state machine has 1 MB at most, and a step takes about half a kilobyte of it. */
const MAX_STEPS = 2_000;

/** A workflow that has been looked at, and all that was found, by place. */
export interface ValidatedWorkflow {
  /** Undefined when the outermost level has not its shape. To be run only when no diagnostic is an error. */
  readonly workflow: Workflow | undefined;
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads a workflow and applies every rule to it, the catalogue's included. */
export function validateWorkflow(source: Source, catalogue: Catalogue): ValidatedWorkflow {
  const { workflow, draft, diagnostics, ids } = readWorkflow(source, catalogue);
  const report = new Report(source);
  const count = [...allSteps(draft.steps)].length;
  if (count <= MAX_STEPS) walk(RULES, { subject: subjectOf(draft, { source, ids, catalogue }), report });
  else {
    report.atKey(['steps'], {
      code: 'SW1110',
      message: `the workflow has ${count} steps; more than ${MAX_STEPS} do not fit into one state machine`,
      hint: 'split it into several workflows',
    });
  }
  return { workflow, diagnostics: byPlace([...diagnostics, ...report.diagnostics]) };
}

/** A workflow with the text that it was read from. */
export interface SourcedWorkflow {
  readonly source: Source;
  readonly workflow: Workflow;
}

/** Reads the workflows of a project with its catalogue, and tells all that is wrong with its files, by file and place. */
export function readProject({ workflows, commands }: ProjectFiles): {
  /** To be run only when no diagnostic is an error. */
  readonly workflows: readonly SourcedWorkflow[];
  readonly diagnostics: readonly Diagnostic[];
} {
  const { catalogue, diagnostics } = readCatalogue(commands);
  const validated = workflows.map((source) => ({ source, ...validateWorkflow(source, catalogue) }));
  return {
    workflows: validated.flatMap(({ source, workflow }) =>
      workflow === undefined ? [] : [{ source, workflow }],
    ),
    diagnostics: byPlace([
      ...diagnostics,
      ...validated.flatMap((each) => each.diagnostics),
      ...duplicateVersions(validated),
    ]),
  };
}

/** All that is wrong with the files of a project, by file and place. */
export function validateProject(files: ProjectFiles): readonly Diagnostic[] {
  return readProject(files).diagnostics;
}

/** Of a workflow in a version, a project has one file. */
function duplicateVersions(
  validated: readonly { readonly source: Source; readonly workflow: Workflow | undefined }[],
): readonly Diagnostic[] {
  const files = new Map<string, string>();
  return validated.flatMap(({ source, workflow }) => {
    if (workflow === undefined) return [];
    const key = `${workflow.name} ${workflow.version}`;
    const first = files.get(key);
    files.set(key, first ?? source.file);
    if (first === undefined) return [];
    const report = new Report(source);
    report.at(['name'], {
      code: 'SW1212',
      message: `${key} is in ${first} already`,
      hint: 'give one of the two another name or version',
    });
    return report.diagnostics;
  });
}

function byPlace(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.toSorted(
    (one, other) =>
      compare(one.file, other.file) ||
      one.line - other.line ||
      one.column - other.column ||
      compare(one.code, other.code),
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
