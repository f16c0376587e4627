import type { Rule } from '../rule.ts';

/** No branch of a `choose` stands behind its else. */
export const reachableBranches: Rule = {
  step({ step, path }, { report }) {
    if (step.kind !== 'choose') return;
    const last = step.branches.findIndex((branch) => branch.if === undefined);
    if (last < 0 || last === step.branches.length - 1) return;
    report.at([...path, 'choose', last + 1], {
      code: 'SW1503',
      message: 'this branch is never taken, because the else stands before it',
      hint: 'put the else last',
    });
  },
};
