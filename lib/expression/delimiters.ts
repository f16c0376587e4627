/** An expression inside a definition's text value. */
export interface DelimitedExpression {
  /** The expression without its delimiters and the white space next to them. */
  readonly text: string;
  /** Where `text` begins in the value, in characters. */
  readonly offset: number;
}

/** The expression in a value such as `{% $input.site %}`, or undefined when the value is plain text. */
export function readExpression(value: string): DelimitedExpression | undefined {
  const match = /^(\s*\{%\s*)([\s\S]*?)\s*%\}\s*$/.exec(value);
  if (match === null) return undefined;
  const [, opening = '', text = ''] = match;
  return { text, offset: opening.length };
}

/** A value that States Language reads as this expression. */
export function delimit(text: string): string {
  return `{% ${text} %}`;
}
