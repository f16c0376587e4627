import { FUNCTIONS } from '#expression/functions.ts';
import { iterationsAround } from '../names.ts';
import type { Reading, Rule } from '../rule.ts';
import type { Subject } from '../subject.ts';

/** A function that an expression calls is not also the name of a step or an item, which would be called instead. */
export const unhiddenFunctions: Rule = {
  reading(reading, { subject, report }) {
    const { variable, site } = reading;
    if (!variable.called || !FUNCTIONS.has(variable.name)) return;
    const hider = hiderOf(reading, subject);
    if (hider === undefined) return;
    report.inside(site.path, site.offset + variable.offset, {
      code: 'SW1303',
      message: `$${variable.name} is ${hider} in this workflow, and hides the function`,
      hint: `give ${hider} another name`,
    });
  },
};

function hiderOf({ variable: { name }, site }: Reading, { steps }: Subject): string | undefined {
  if (iterationsAround(site).some(({ step }) => step.kind === 'forEach' && step.as === name)) {
    return `the item "${name}"`;
  }
  return steps.has(name) ? `the step "${name}"` : undefined;
}
