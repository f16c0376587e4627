import { RUNTIME_ERRORS } from '#core/error.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import type { Step } from '#definition/model.ts';
import { suggest } from '#definition/suggest.ts';
import type { Rule } from '../rule.ts';

const STATES_ERRORS = ['States.ALL', 'States.Timeout', 'States.TaskFailed', 'States.QueryEvaluationError'];
const KNOWN: readonly string[] = [...Object.keys(RUNTIME_ERRORS), ...STATES_ERRORS];

/** Names of errors are not nearly ours. Others are left alone: devices and workflows fail with names of their own. */
export const errorNames: Rule = {
  step({ step, path }, { report }) {
    for (const [where, names] of namesOf(step)) {
      for (const [index, name] of names.entries()) {
        const near = KNOWN.includes(name) ? undefined : suggest(name, KNOWN);
        if (near === undefined) continue;
        report.at([...path, ...where, index], {
          code: 'SW1211',
          message: `no error of ours has the name "${name}"`,
          hint: `did you mean "${near}"?`,
        });
      }
    }
  },
};

function namesOf(step: Step): (readonly [DocumentPath, readonly string[]])[] {
  if (!('catch' in step)) return [];
  const caught = (step.catch ?? []).map(({ on }, index) => [['catch', index, 'on'], on ?? []] as const);
  return [[['retry', 'on'], step.retry?.on ?? []], ...caught];
}
