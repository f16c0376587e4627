import type { DocumentPath } from '#definition/document-path.ts';
import type { Report } from '../report.ts';
import type { Rule } from '../rule.ts';

/** An expression is a whole value: inside a longer text it would stay text. */
export const wholeExpressions: Rule = {
  text({ value, path }, { report }) {
    reportPart(value, path, report);
  },
};

/** Tells when an expression is only a part of a text. */
export function reportPart(value: string, path: DocumentPath, report: Report): void {
  const offset = value.indexOf('{%');
  if (offset < 0) return;
  const isOpen = !value.includes('%}', offset);
  report.inside(path, offset, {
    code: 'SW1305',
    message: isOpen
      ? 'this {% has no %}, so that all is plain text'
      : 'an expression inside a text stays text',
    hint: isOpen
      ? 'end the expression with %}'
      : "make the whole value an expression, such as {% 'site ' & $input.site %}",
  });
}
