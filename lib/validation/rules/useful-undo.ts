import type { Rule } from '../rule.ts';
import { actsOf } from '../saga.ts';

/** What has an undo is something that can be undone. */
export const usefulUndo: Rule = {
  workflow({ subject, report }) {
    for (const { node, step, effect } of actsOf(subject)) {
      if (step.compensate === undefined || effect === 'reversible') continue;
      report.atKey([...node.path, 'compensate'], {
        code: 'SW1602',
        message:
          effect === 'none'
            ? `"${step.command}" changes nothing, so that there is nothing to undo`
            : `"${step.command}" is ${effect === 'pivot' ? 'the point of no return' : 'irreversible'}, and yet has an undo`,
        hint: `take \`compensate\` away, or change the effect of "${step.command}" in the catalogue`,
      });
    }
  },
};
