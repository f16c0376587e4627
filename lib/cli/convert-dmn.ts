import { join } from 'node:path';
import { hasErrors } from '#core/diagnostic.ts';
import { StepwrightError } from '#core/error.ts';
import { readDecisionFile } from '#definition/decision/read-decision.ts';
import { decisionText } from '#definition/dmn/decision-text.ts';
import { type ImportedDecision, readDmn } from '#definition/dmn/read-dmn.ts';
import { writeDmn } from '#definition/dmn/write-dmn.ts';
import { loadProject, loadSource } from '#definition/load.ts';
import { makeFolder } from '#embedded/make-folder.ts';
import { examineProject } from './examine-project.ts';
import { filesOf } from './load.ts';
import type { ExitCode } from './print-fault.ts';
import { noteDiagnostics, refuseErrors } from './refuse-errors.ts';
import { printJson, type Terminal } from './terminal.ts';
import { unwritable, writeWhole } from './write-whole.ts';

/** What is converted, and to where. */
export interface DmnArguments {
  readonly file: string;
  /** Of DMN that is written, the file; of decisions, the file of one, or the folder of several. Default stdout. */
  readonly out?: string;
}

/** Writes the decisions of a DMN file as decision files; all of them, or none with what stands against it. */
export function decisionsOfDmn({ file, out }: DmnArguments, terminal: Terminal): ExitCode {
  const source = loadSource(file);
  const { decisions, diagnostics } = readDmn(source.text, file);
  refuseErrors(diagnostics, [source], terminal);
  const texts = decisions.map((each) => [String(each.file['decision']), decisionText(each.file)] as const);
  const files = out === undefined ? [] : writeDecisions(texts, decisions, out);
  if (terminal.json)
    printJson(terminal, { format: 'yaml', files, decisions: decisions.map((each) => each.file) });
  else if (out === undefined) terminal.print(texts.map(([, text]) => text.trimEnd()).join('\n---\n'));
  else terminal.note(`written: ${files.join(', ')}`);
  return 0;
}

function writeDecisions(
  texts: readonly (readonly [string, string])[],
  decisions: readonly ImportedDecision[],
  out: string,
): readonly string[] {
  const isFile = /\.ya?ml$/.test(out);
  if (isFile && decisions.length > 1) throw manyDecisions(out, decisions.length);
  if (!isFile) makeFolderFor(out);
  return texts.map(([name, text]) => {
    const file = isFile ? out : join(out, `${name}.yaml`);
    writeWhole(file, text);
    return file;
  });
}

function makeFolderFor(out: string): void {
  try {
    makeFolder(out);
  } catch (error) {
    throw unwritable(out, error);
  }
}

function manyDecisions(out: string, count: number): StepwrightError {
  return new StepwrightError({
    code: 'SW3024',
    kind: 'invalid',
    message: `${out} cannot be written: there are ${count} decisions, each of which becomes a file`,
    hint: 'name a folder with -o, such as decisions',
  });
}

/** Writes a decision file as DMN 1.3. What stays behind is noted; what cannot be said refuses all of it. */
export function dmnOfDecision({ file, out }: DmnArguments, terminal: Terminal): ExitCode {
  const project = loadProject(file);
  const { diagnostics } = examineProject(project);
  refuseErrors(diagnostics, filesOf(project), terminal);
  const source = loadSource(file);
  const decision = readDecisionFile(source);
  if (decision === undefined) throw noDecision(file);
  const written = writeDmn(decision, source);
  refuseErrors(written.diagnostics, [source], terminal);
  if (written.diagnostics.length > 0 && !hasErrors(written.diagnostics))
    noteDiagnostics(written.diagnostics, [source], terminal);
  const { text = '', diagnostics: warnings } = written;
  if (out !== undefined) writeWhole(out, text);
  if (terminal.json)
    printJson(terminal, {
      format: 'dmn',
      diagnostics: warnings,
      ...(out === undefined ? { text } : { file: out }),
    });
  else if (out === undefined) terminal.print(text.trimEnd());
  return 0;
}

function noDecision(file: string): StepwrightError {
  return new StepwrightError({
    code: 'SW1007',
    kind: 'invalid',
    message: `${file} is no decision file`,
    hint: 'name one file of decisions/, or leave --to dmn away',
  });
}
