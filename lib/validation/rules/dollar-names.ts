import { suggest } from '#definition/suggest.ts';
import { namesAt } from '../names.ts';
import type { Rule } from '../rule.ts';

/** Outside of `where` there is nothing that a plain name could be a field of. */
export const dollarNames: Rule = {
  expression(site, { subject, report }) {
    if (site.kind === 'where') return;
    for (const { name, offset } of site.parsed.contextFields) {
      const near = suggest(name, namesAt(site, subject));
      report.inside(site.path, site.offset + offset, {
        code: 'SW1304',
        message: `"${name}" is a field of nothing`,
        hint:
          near === undefined ? `a text is written '${name}', a name $${name}` : `did you mean "$${near}"?`,
      });
    }
  },
};
