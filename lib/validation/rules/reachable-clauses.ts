import type { CatchClause } from '#definition/model.ts';
import type { Rule } from '../rule.ts';

/** No clause of a `catch` stands behind clauses that take all of its errors. */
export const reachableClauses: Rule = {
  step({ step, path }, { report }) {
    if (!('catch' in step) || step.catch === undefined) return;
    for (const [index, { on }] of step.catch.entries()) {
      const before = step.catch.slice(0, index);
      const takesAll = before.some(takesEveryError);
      const isTaken = (error: string): boolean => before.some((clause) => clause.on?.includes(error));
      if (!takesAll && !(on?.every(isTaken) ?? false)) continue;
      report.at([...path, 'catch', index], {
        code: 'SW1504',
        message: `this clause is never reached, because ${takesAll ? 'one before it takes every error' : 'those before it take its errors'}`,
        hint: takesAll ? 'put the clause that takes every error last' : 'take it away, or name other errors',
      });
      return;
    }
  },
};

function takesEveryError({ on }: CatchClause): boolean {
  return on === undefined || on.includes('States.ALL');
}
