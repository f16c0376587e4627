import type { Rule } from '../rule.ts';

/** Every loop has an end. */
export const boundedLoops: Rule = {
  step({ step, path }, { report }) {
    if (step.kind !== 'while' || step.maxIterations !== undefined) return;
    report.atKey([...path, 'while'], {
      code: 'SW1521',
      message: `the loop "${step.id}" may run for ever`,
      hint: 'say by `maxIterations` how often it runs at most',
    });
  },
};
