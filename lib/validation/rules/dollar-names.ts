import { isJsonObject } from '#core/json.ts';
import { suggest } from '#definition/suggest.ts';
import { namesAt } from '../names.ts';
import type { Rule } from '../rule.ts';
import type { Site } from '../sites.ts';
import type { Subject } from '../subject.ts';

/** Outside of `where` there is nothing that a plain name could be a field of. */
export const dollarNames: Rule = {
  expression(site, { subject, report }) {
    if (site.kind === 'where') return;
    for (const { name, offset } of site.parsed.contextFields) {
      report.inside(site.path, site.offset + offset, {
        code: 'SW1304',
        message: `"${name}" is a field of nothing`,
        hint: hintFor(name, site, subject),
      });
    }
  },
};

function hintFor(name: string, site: Site, subject: Subject): string {
  const properties = subject.workflow.inputSchema?.['properties'];
  if (isJsonObject(properties) && Object.hasOwn(properties, name)) return `did you mean "$input.${name}"?`;
  const near = suggest(name, namesAt(site, subject));
  return near === undefined ? `a text is written '${name}', a name $${name}` : `did you mean "$${near}"?`;
}
