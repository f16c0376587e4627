import { didYouMean } from '#definition/suggest.ts';
import { namesAt } from '../names.ts';
import type { Rule } from '../rule.ts';

/** Expressions read names that there are. */
export const knownNames: Rule = {
  reading({ variable, meaning, site }, { subject, report }) {
    if (variable.called || meaning.kind !== 'unknown') return;
    report.inside(site.path, site.offset + variable.offset, {
      code: 'SW1205',
      message: `$${variable.name} is neither a step nor any other name`,
      ...hintFor(variable.name, namesAt(site, subject)),
    });
  },
};

function hintFor(name: string, names: Iterable<string>): { hint?: string } {
  if (name === 'states') return { hint: 'read $input, $execution, $error, $result or the output of a step' };
  const { hint } = didYouMean(name, names);
  return hint === undefined ? {} : { hint: hint.replace('"', '"$') };
}
