import type { Diagnostic } from '#core/diagnostic.ts';
import type { Workflow } from '#definition/model.ts';
import { allSteps } from '#definition/nested-lists.ts';
import type { Project } from '#definition/project.ts';
import { readWorkflow } from '#definition/read-workflow.ts';
import type { Source } from '#definition/source.ts';
import { byPlace } from './by-place.ts';
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

/** Reads a workflow and applies every rule to it, with what is known of its project. */
export function validateWorkflow(source: Source, project: Project): ValidatedWorkflow {
  const { workflow, draft, diagnostics, ids } = readWorkflow(source, project.catalogue);
  const report = new Report(source);
  const count = [...allSteps(draft.steps)].length;
  if (count <= MAX_STEPS) walk(RULES, { subject: subjectOf(draft, { source, ids, project }), report });
  else {
    report.atKey(['steps'], {
      code: 'SW1110',
      message: `the workflow has ${count} steps; more than ${MAX_STEPS} do not fit into one state machine`,
      hint: 'split it into several workflows',
    });
  }
  return { workflow, diagnostics: byPlace([...diagnostics, ...report.diagnostics]) };
}
