/** An expression inside a definition's text value. */
export interface DelimitedExpression {
  /** The expression without its delimiters and the white space next to them. */
  readonly text: string;
  /** Where `text` begins in the value, in characters. */
  readonly offset: number;
}

/** The expression in a value such as `{% $input.site %}`, or undefined when the value is plain text. */
export function readExpression(value: string): DelimitedExpression | undefined {
  const whole = value.trim();
  if (whole.length < 4 || !whole.startsWith('{%') || !whole.endsWith('%}')) return undefined;
  const inner = whole.slice(2, -2).trimStart();
  const opening = value.length - value.trimStart().length + whole.length - 2 - inner.length;
  return { text: inner.trimEnd(), offset: opening };
}

/** A value that States Language reads as this expression. */
export function delimit(text: string): string {
  return `{% ${text} %}`;
}

/** The expression in a value of a machine; there, unlike in a workflow, white space around the delimiters makes it text. */
export function readMachineExpression(value: string): DelimitedExpression | undefined {
  return value.startsWith('{%') && value.endsWith('%}') ? readExpression(value) : undefined;
}
