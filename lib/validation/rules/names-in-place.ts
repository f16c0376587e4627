import type { Rule } from '../rule.ts';

/** Names that have a value at some places only are read there only. */
export const namesInPlace: Rule = {
  reading({ variable, meaning, site }, { report }) {
    if (variable.called || meaning.kind !== 'misplaced') return;
    report.inside(site.path, site.offset + variable.offset, {
      code: 'SW1208',
      message: `$${variable.name} has no value here`,
      hint: `it is known ${meaning.where}`,
    });
  },
};
