import { compileWorkflow } from '#compiler/compile.ts';
import { loadValidWorkflow } from './load.ts';
import type { ExitCode } from './print-fault.ts';
import { printJson, type Terminal } from './terminal.ts';

/** `stepwright compile`: prints the States Language of a workflow. It is JSON with and without `--json`. */
export async function compileCommand(file: string, terminal: Terminal): Promise<ExitCode> {
  const { workflow } = loadValidWorkflow(file, terminal);
  printJson(terminal, compileWorkflow(workflow).definition);
  return 0;
}
