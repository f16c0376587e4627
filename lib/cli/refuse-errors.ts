import { type Diagnostic, hasErrors } from '#core/diagnostic.ts';
import type { Source } from '#definition/source.ts';
import { AlreadyTold } from './already-told.ts';
import { formatDiagnostics, summarise } from './print-diagnostics.ts';
import { printJson, type Terminal } from './terminal.ts';

/** Prints diagnostics that make a definition invalid, and throws {@link AlreadyTold}; without effect when there are none. */
export function refuseErrors(
  diagnostics: readonly Diagnostic[],
  files: readonly Source[],
  terminal: Terminal,
): void {
  if (!hasErrors(diagnostics)) return;
  noteDiagnostics(diagnostics, files, terminal);
  if (terminal.json) printJson(terminal, { diagnostics });
  throw new AlreadyTold('the definition has errors');
}

/** Prints diagnostics for people on stderr, with a summary. */
export function noteDiagnostics(
  diagnostics: readonly Diagnostic[],
  files: readonly Source[],
  { note, notePaint: paint, columns }: Terminal,
): void {
  const texts = new Map(files.map(({ file, text }) => [file, text]));
  note(formatDiagnostics(diagnostics, texts, { paint, columns }));
  note(`\n${summarise(diagnostics, files.length)}`);
}
