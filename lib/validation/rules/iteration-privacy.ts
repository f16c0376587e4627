import type { Rule } from '../rule.ts';

/** Steps of an iteration are read in the same iteration only: there are as many outputs as items. */
export const iterationPrivacy: Rule = {
  reading({ variable, meaning, site }, { report }) {
    if (variable.called || meaning.kind !== 'hidden') return;
    const { id } = meaning.iteration.step;
    report.inside(site.path, site.offset + variable.offset, {
      code: 'SW1207',
      message: `$${variable.name} is a step that "${id}" runs for each item, and not known outside of it`,
      hint: `read $${id}: it has the output of each iteration's last step, in the order of the items`,
    });
  },
};
