import type { Step } from '#definition/model.ts';
import type { Need } from '#definition/step-parts.ts';
import type { Violation } from '../report.ts';
import type { Rule } from '../rule.ts';

/** Needs ask for outcomes that their steps can have. */
export const meetableNeeds: Rule = {
  step({ step, path, list }, { subject, report }) {
    for (const [index, need] of (step.needs ?? []).entries()) {
      const needed = subject.steps.get(need.step);
      const violation = needed?.list === list ? violationOf(need, needed.step, step.id) : undefined;
      if (violation !== undefined) report.at([...path, 'needs', index], violation);
    }
  },
};

function violationOf({ outcome }: Need, needed: Step, id: string): Violation | undefined {
  const isCaught = 'catch' in needed && needed.catch !== undefined;
  if (outcome === 'failed' && !isCaught) {
    return {
      code: 'SW1505',
      message: `"${id}" waits for a failure of "${needed.id}" that is not caught, and so never starts`,
      hint: 'catch' in needed ? `give "${needed.id}" \`catch: continue\`` : `"${needed.id}" cannot fail`,
    };
  }
  if (outcome === 'skipped' && needed.if === undefined && (needed.needs ?? []).length === 0) {
    return {
      code: 'SW1505',
      message: `"${id}" waits until "${needed.id}" is skipped, which never happens, and so never starts`,
      hint: `give "${needed.id}" a condition, or take the need away`,
    };
  }
  return undefined;
}
