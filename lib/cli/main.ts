import { type ExitCode, printFault } from './print-fault.ts';
import { createProgram } from './program.ts';
import { processTerminal } from './terminal.ts';

/** Runs the command line of a process and gives its exit code. Never throws. */
export async function main(process: NodeJS.Process): Promise<ExitCode> {
  const options = optionsOf(process.argv);
  const terminal = processTerminal(process, options.includes('--json'));
  stopQuietlyOnClosedPipe(process);
  let exitCode: ExitCode = 0;
  try {
    const program = createProgram(terminal, async (work) => {
      exitCode = await work();
    });
    await program.parseAsync(process.argv);
  } catch (error) {
    const debug = options.includes('--debug') || (process.env['DEBUG'] ?? '') !== '';
    exitCode = printFault(error, terminal, debug);
  }
  return exitCode;
}

/** What stands before a `--`. */
function optionsOf(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end < 0 ? argv : argv.slice(0, end);
}

/** `stepwright … | head` is no fault. */
function stopQuietlyOnClosedPipe(process: NodeJS.Process): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
}
