import type { Rule } from '../rule.ts';

/** Iterations that an inline Map state runs at once (AWS Step Functions Developer Guide, "Inline mode"). */
const INLINE_CONCURRENCY = 40;

/** No forEach counts on more iterations at once than Step Functions runs. */
export const inlineConcurrency: Rule = {
  step({ step, path }, { report }) {
    if (step.kind !== 'forEach' || (step.maxConcurrency ?? 0) <= INLINE_CONCURRENCY) return;
    report.at([...path, 'maxConcurrency'], {
      code: 'SW1512',
      message: `Step Functions runs ${INLINE_CONCURRENCY} iterations at once, and ${step.maxConcurrency} are asked for`,
      hint: `${INLINE_CONCURRENCY} is as good`,
    });
  },
};
