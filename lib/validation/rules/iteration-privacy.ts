import type { Step } from '#definition/model.ts';
import type { Violation } from '../report.ts';
import type { Rule } from '../rule.ts';

/** Steps of an iteration are read in the same iteration only: there are as many outputs as iterations. */
export const iterationPrivacy: Rule = {
  reading({ variable, meaning, site }, { report }) {
    if (variable.called || meaning.kind !== 'hidden') return;
    report.inside(
      site.path,
      site.offset + variable.offset,
      violationOf(variable.name, meaning.iteration.step),
    );
  },
};

function violationOf(name: string, { id, kind }: Step): Violation {
  if (kind === 'while') {
    return {
      code: 'SW1207',
      message: `$${name} is a step of the loop "${id}", and not known outside of its iteration`,
      hint: `read $${id}: it has what the last iteration gave; or set a variable, which stays`,
    };
  }
  return {
    code: 'SW1207',
    message: `$${name} is a step that "${id}" runs for each item, or between its waves, and not known outside`,
    hint: `read $${id}: it has the output of each iteration's last step, in the order of the items`,
  };
}
