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
      const told = violation ?? contradiction(step.needs ?? [], index, step.id);
      if (told !== undefined) report.at([...path, 'needs', index], told);
    }
  },
};

/** Of one step, two outcomes at once. */
function contradiction(needs: readonly Need[], index: number, id: string): Violation | undefined {
  const need = needs[index];
  const other = needs
    .slice(0, index)
    .find(({ step, outcome }) => step === need?.step && !['done', need.outcome].includes(outcome));
  if (need === undefined || other === undefined || need.outcome === 'done') return undefined;
  return {
    code: 'SW1505',
    message: `"${id}" waits for "${need.step}" to have ${other.outcome} and ${need.outcome} at once, and so never starts`,
    hint: `to start after any end of it, need "${need.step}.done"`,
  };
}

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
