import { compileWorkflow } from '#compiler/compile.ts';
import { compileOptions } from '#compiler/compile-options.ts';
import { loadValidWorkflow } from './load.ts';
import type { ExitCode } from './print-fault.ts';
import { readProfile } from './read-profile.ts';
import { printJson, type Terminal } from './terminal.ts';

/** What `stepwright compile` was called with. */
export interface CompileArguments {
  readonly file: string;
  /** File of measured times. */
  readonly profile?: string;
}

/** `stepwright compile`: prints the States Language of a workflow. It is JSON with and without `--json`. */
export async function compileCommand(
  { file, profile }: CompileArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const { workflow, project } = loadValidWorkflow(file, terminal);
  const measured = profile === undefined ? {} : { profile: readProfile(profile) };
  const options = { ...compileOptions(workflow, project), ...measured };
  printJson(terminal, compileWorkflow(workflow, options).definition);
  return 0;
}
