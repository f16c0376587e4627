import type { Rule } from '../rule.ts';

/** No clause of a `catch` stands behind one that takes every error. */
export const reachableClauses: Rule = {
  step({ step, path }, { report }) {
    if (!('catch' in step) || step.catch === undefined) return;
    const last = step.catch.findIndex(({ on }) => on === undefined || on.includes('States.ALL'));
    if (last < 0 || last === step.catch.length - 1) return;
    report.at([...path, 'catch', last + 1], {
      code: 'SW1504',
      message: 'this clause is never reached, because the one before it takes every error',
      hint: 'put the clause that takes every error last',
    });
  },
};
