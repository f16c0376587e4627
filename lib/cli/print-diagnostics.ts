import type { Diagnostic, Severity } from '#core/diagnostic.ts';
import type { Paint } from './terminal.ts';
import { count, hanging, wrap } from './text-layout.ts';

/** How diagnostics are drawn. */
export interface DiagnosticStyle {
  readonly paint: Paint;
  readonly columns: number;
}

/** Columns in front of a quoted line: `  123 | `. */
const GUTTER = 7;

/**
 * Diagnostics for people: what, where, the line of the file with a caret under the place, and what to do.
 *
 * @param sources text of each file by its name as in the diagnostics; where it is missing, no line is quoted.
 */
export function formatDiagnostics(
  diagnostics: readonly Diagnostic[],
  sources: ReadonlyMap<string, string>,
  style: DiagnosticStyle,
): string {
  return diagnostics
    .map((diagnostic) => formatDiagnostic(diagnostic, sources.get(diagnostic.file), style))
    .join('\n\n');
}

function formatDiagnostic(
  diagnostic: Diagnostic,
  source: string | undefined,
  style: DiagnosticStyle,
): string {
  const { paint, columns } = style;
  const { file, line, column, severity, code, message, hint } = diagnostic;
  const lines = [
    `${paint.bold(file)}:${line}:${column} ${paintSeverity(severity, paint)(`${severity}[${code}]`)}`,
    ...wrap(message, columns - 2).map((text) => `  ${text}`),
    ...quote(source?.split(/\r?\n/)[line - 1], diagnostic, style),
  ];
  if (hint !== undefined) lines.push(paint.cyan(hanging('  hint: ', hint, columns)));
  return lines.join('\n');
}

function paintSeverity(severity: Severity, paint: Paint): (text: string) => string {
  if (severity === 'error') return (text) => paint.bold(paint.red(text));
  return severity === 'warning' ? paint.yellow : paint.blue;
}

/** The line with a caret; of a long line, the part around the place. */
function quote(text: string | undefined, { line, column }: Diagnostic, style: DiagnosticStyle): string[] {
  if (text === undefined || text.trim() === '') return [];
  const { paint, columns } = style;
  const room = columns - GUTTER - 1;
  const start = column - 1 > room - 10 ? column - 1 - Math.floor(room / 2) : 0;
  const shown = text.replaceAll('\t', ' ').slice(start, start + room);
  const marks = '^'.repeat(Math.min(tokenLength(text.slice(column - 1)), room - (column - 1 - start)));
  const indent = ' '.repeat(column - 1 - start);
  return [
    `${paint.dim(`${String(line).padStart(4)} | `)}${shown}`,
    `${paint.dim('     | ')}${indent}${paint.red(marks)}`,
  ];
}

/** How much of the text, from the place on, the caret underlines: a quoted text, a word, or one character. */
function tokenLength(text: string): number {
  return /^(?:"[^"]*"|'[^']*'|\{%.*?%\}|[\w$][\w$./-]*)/.exec(text)?.[0].length ?? 1;
}

/** `2 errors and 1 warning in 3 files`, or that all is well. */
export function summarise(diagnostics: readonly Diagnostic[], files: number): string {
  const counts = (['error', 'warning', 'info'] as const)
    .map((severity) => [severity, diagnostics.filter((each) => each.severity === severity).length] as const)
    .filter(([, amount]) => amount > 0)
    .map(([severity, amount]) => (severity === 'info' ? `${amount} info` : count(amount, severity)));
  const found = counts.length === 0 ? 'no problems' : counts.join(', ');
  return `${found} in ${count(files, 'file')}`;
}
