import { didYouMean } from '#definition/suggest.ts';
import { FUNCTIONS } from '#expression/functions.ts';
import type { Rule } from '../rule.ts';

/** Expressions call functions that Step Functions has. */
export const knownFunctions: Rule = {
  reading({ variable: { name, called, offset }, site }, { subject, report }) {
    if (!called || FUNCTIONS.has(name)) return;
    const isName = subject.ids.has(name);
    report.inside(site.path, site.offset + offset, {
      code: 'SW1302',
      message: isName ? `$${name} is a step and no function` : `there is no function $${name}`,
      ...(isName ? { hint: `its output is read without brackets: $${name}` } : hintFor(name)),
    });
  },
};

function hintFor(name: string): { hint?: string } {
  if (name === 'eval')
    return { hint: 'Step Functions has taken it out of JSONata; write the expression itself' };
  const { hint } = didYouMean(name, FUNCTIONS);
  return hint === undefined ? {} : { hint: hint.replace('"', '"$') };
}
