/** How much a diagnostic weighs: an `error` makes a definition invalid, the others do not. */
export type Severity = 'error' | 'warning' | 'info';

/**
 * One finding about a file an author wrote. Diagnostics are values: they are collected and returned together,
 * never thrown.
 */
export interface Diagnostic {
  /** Stable code, such as `SW1101`; the same as its page `docs/errors/<CODE>.md`. */
  readonly code: string;
  readonly severity: Severity;
  /** The file as the user named it. */
  readonly file: string;
  /** 1-based line of the place in the file. */
  readonly line: number;
  /** 1-based column of the place in the file. */
  readonly column: number;
  /** Where in the document, such as `steps[1].needs[0]`; empty for the whole document. */
  readonly path: string;
  /** What happened, with the value seen. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
}

/** Whether any of the diagnostics makes the definition invalid. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === 'error');
}
