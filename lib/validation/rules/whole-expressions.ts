import type { Rule } from '../rule.ts';

/** An expression is a whole value: inside a longer text it would stay text. */
export const wholeExpressions: Rule = {
  text({ value, path }, { report }) {
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
  },
};
