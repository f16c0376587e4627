import { readExpression } from '#expression/delimiters.ts';
import type { Rule } from '../rule.ts';

/** Expressions parse. */
export const expressionSyntax: Rule = {
  malformed(error, site, { report }) {
    const isDelimited = site.kind === 'where' && readExpression(site.text) !== undefined;
    report.inside(site.path, site.offset + error.offset, {
      code: 'SW1301',
      message: `this is no expression: ${error.message}`,
      ...(isDelimited ? { hint: '`where` is written without {% and %}' } : {}),
    });
  },
};
