import { readExpression } from '#expression/delimiters.ts';
import type { Rule } from '../rule.ts';

/** Expressions parse. */
export const expressionSyntax: Rule = {
  malformed(error, site, { report }) {
    const isDelimited = site.kind === 'where' && readExpression(site.text) !== undefined;
    report.inside(site.path, site.offset + error.offset, {
      code: 'SW1301',
      message: `this is no expression: ${error.message}`,
      ...(isDelimited ? { hint: '`where` is written without {% and %}' } : syntaxHint(site.text)),
    });
  },
};

/** What other languages write otherwise, and `{% a %}{% b %}`, which begins and ends as one expression. */
const HABITS: readonly (readonly [string, string])[] = [
  ['{%', 'a value is one expression; join its parts inside of it with &'],
  ['==', 'equality is written with one ='],
  ['&&', 'write `and`'],
  ['||', 'write `or`'],
];

/** What a text that is no expression may have been meant to be. */
export function syntaxHint(text: string): { hint?: string } {
  const hint = HABITS.find(([sign]) => text.includes(sign))?.[1];
  return hint === undefined ? {} : { hint };
}
