import { RESERVED_NAMES } from '../names.ts';
import type { Rule } from '../rule.ts';

/** Ids of steps and names of items are not names that have a meaning already. */
export const freeNames: Rule = {
  step({ step, path }, { subject, report }) {
    if (RESERVED_NAMES.includes(step.id)) {
      report.at([...path, 'id'], {
        code: 'SW1202',
        message: `no step can be "${step.id}", because $${step.id} has a meaning of its own`,
        hint: `the names that are taken: ${RESERVED_NAMES.join(', ')}`,
      });
    }
    if (step.kind !== 'forEach' || step.as === 'item') return;
    const isStep = subject.ids.has(step.as);
    if (!isStep && !RESERVED_NAMES.includes(step.as)) return;
    report.at([...path, 'as'], {
      code: 'SW1202',
      message: isStep
        ? `the item cannot be "${step.as}", because a step has this id`
        : `the item cannot be "${step.as}", because $${step.as} has a meaning of its own`,
      hint: 'give the item another name',
    });
  },
};
