import { existsSync } from 'node:fs';
import { diffWorkflows } from '#definition/diff/diff-workflows.ts';
import { loadSource } from '#definition/load.ts';
import type { Workflow } from '#definition/model.ts';
import { readWorkflow } from '#definition/read-workflow.ts';
import { Source } from '#definition/source.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { refuseErrors } from '../refuse-errors.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { diffLines } from './print-diff.ts';
import { readReference, resolveReference } from './reference.ts';

/** What `stepwright workflows diff` was called with: files, or `name@version`, or `name@alias`. */
export interface DiffArguments extends ServerArguments {
  readonly before: string;
  readonly after: string;
}

/** `stepwright workflows diff`: what has changed between two versions. Exit code 1 when a change is breaking. */
export async function diffCommand(args: DiffArguments, terminal: Terminal): Promise<ExitCode> {
  const before = await findWorkflow(args.before, args, terminal);
  const after = await findWorkflow(args.after, args, terminal);
  const diff = diffWorkflows(before, after);
  if (terminal.json) printJson(terminal, diff);
  else terminal.print(diffLines(diff, terminal).join('\n'));
  return diff.isBreaking ? 1 : 0;
}

/**
 * The workflow of a file, else of a published version. Neither is read with a catalogue: what the one of today says is no
 * difference between two texts.
 */
async function findWorkflow(text: string, args: ServerArguments, terminal: Terminal): Promise<Workflow> {
  const source = isFile(text) ? loadSource(text) : await publishedSource(text, args);
  const { draft, diagnostics } = readWorkflow(source);
  refuseErrors(diagnostics, [source], terminal);
  return draft;
}

/** What ends like a file is meant as one, also where there is none. */
function isFile(text: string): boolean {
  return existsSync(text) || /\.(?:ya?ml|json)$/.test(text);
}

async function publishedSource(text: string, args: ServerArguments): Promise<Source> {
  const { source } = await resolveReference(findServer(args, process.env), readReference(text));
  return Source.parse(text, source);
}
