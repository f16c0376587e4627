import type { Diagnostic } from '#core/diagnostic.ts';

/** Diagnostics by file, place and code. */
export function byPlace(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.toSorted(
    (one, other) =>
      compare(one.file, other.file) ||
      one.line - other.line ||
      one.column - other.column ||
      compare(one.code, other.code),
  );
}

function compare(one: string, other: string): number {
  return one < other ? -1 : Number(one > other);
}
