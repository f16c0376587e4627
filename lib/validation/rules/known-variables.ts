import { didYouMean } from '#definition/suggest.ts';
import { fieldOffset } from '../field-offset.ts';
import type { Rule } from '../rule.ts';
import { variablesAt } from '../variables.ts';

/** Variables that expressions read have been set by then. */
export const knownVariables: Rule = {
  reading({ variable, site }, { subject, report }) {
    const [field] = variable.fields;
    if (variable.name !== 'vars' || variable.called || field === undefined) return;
    const known = variablesAt(site, subject);
    if (known.has(field)) return;
    report.inside(site.path, site.offset + fieldOffset(site.text, variable, 0), {
      code: 'SW1209',
      message: `no step that has ended by then sets $vars.${field}`,
      ...didYouMean(field, known),
    });
  },
};
