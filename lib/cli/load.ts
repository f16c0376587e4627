import type { Diagnostic } from '#core/diagnostic.ts';
import { hasErrors } from '#core/diagnostic.ts';
import { StepwrightError } from '#core/error.ts';
import { loadProject, type ProjectFiles } from '#definition/load.ts';
import type { Source } from '#definition/source.ts';
import { readProject, type SourcedWorkflow } from '#validation/validate.ts';
import { AlreadyTold } from './already-told.ts';
import { formatDiagnostics, summarise } from './print-diagnostics.ts';
import { printJson, type Terminal } from './terminal.ts';

/** Loads a project that has no errors; else prints them, and throws {@link AlreadyTold}. */
export function loadValidProject(path: string, terminal: Terminal): readonly SourcedWorkflow[] {
  const files = loadProject(path);
  const { workflows, diagnostics } = readProject(files);
  refuseErrors(diagnostics, filesOf(files), terminal);
  return workflows;
}

/** Loads the one workflow file that a path names. Throws SW1007 for a folder. */
export function loadValidWorkflow(file: string, terminal: Terminal): SourcedWorkflow {
  const [found] = loadValidProject(file, terminal);
  if (found?.source.file === file) return found;
  throw new StepwrightError({
    code: 'SW1007',
    kind: 'invalid',
    message: `${file} is a folder`,
    hint: 'name one workflow file',
  });
}

/** Every file of a project. */
export function filesOf({ workflows, commands = [] }: ProjectFiles): readonly Source[] {
  return [...workflows, ...commands];
}

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
