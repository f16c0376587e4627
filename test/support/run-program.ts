import { type ExitCode, printFault } from '#cli/print-fault.ts';
import { createProgram } from '#cli/program.ts';
import { recordingTerminal } from './recording-terminal.ts';

/** What a command left. */
export interface Ran {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command line with these arguments in this process, at a terminal of 80 columns. */
export async function runProgram(args: readonly string[]): Promise<Ran> {
  const terminal = recordingTerminal({ json: args.includes('--json') });
  let exitCode: ExitCode = 0;
  const program = createProgram(terminal, async (work) => {
    exitCode = await work();
  });
  try {
    await program.parseAsync(['node', 'stepwright', ...args]);
  } catch (error) {
    exitCode = printFault(error, terminal, false);
  }
  return { exitCode, stdout: terminal.printed.join('\n'), stderr: terminal.noted.join('\n') };
}
