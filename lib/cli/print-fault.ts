import { CommanderError } from 'commander';
import { StepwrightError } from '#core/error.ts';
import { AlreadyTold } from './already-told.ts';
import { printJson, type Terminal } from './terminal.ts';
import { hanging } from './text-layout.ts';

/** What a process tells its caller: 0 good, 1 the work failed, 2 bad usage or an invalid definition. */
export type ExitCode = 0 | 1 | 2;

/** Where to tell about a fault of Stepwright itself. */
const REPORT_TO =
  'this is a defect in Stepwright: please report it with the output of the same command and --debug';

/**
 * Prints why a command could not be carried out, as one clear message, and gives its exit code. A stack is shown only
 * with `debug`.
 */
export function printFault(error: unknown, terminal: Terminal, debug: boolean): ExitCode {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : printUsageError(error, terminal);
  if (error instanceof AlreadyTold) return 2;
  if (debug && error instanceof Error) terminal.note(error.stack ?? error.message);
  if (error instanceof StepwrightError) {
    printMessage({ code: error.code, message: error.message, hint: error.hint }, terminal);
    return error.kind === 'invalid' || error.kind === 'not-found' ? 2 : 1;
  }
  const message = error instanceof Error ? error.message : String(error);
  printMessage({ code: 'SW3090', message: `unexpected: ${message}`, hint: REPORT_TO }, terminal);
  return 1;
}

/** Commander has already told people on stderr. */
function printUsageError(error: CommanderError, terminal: Terminal): ExitCode {
  if (terminal.json) printJson(terminal, { code: 'SW3000', message: error.message.replace(/^error: /, '') });
  return 2;
}

interface Message {
  readonly code: string;
  readonly message: string;
  readonly hint?: string | undefined;
}

function printMessage(message: Message, terminal: Terminal): void {
  const { notePaint: paint, columns } = terminal;
  const label = `error[${message.code}]:`;
  terminal.note(hanging(`${label} `, message.message, columns).replace(label, paint.bold(paint.red(label))));
  if (message.hint !== undefined) terminal.note(paint.cyan(hanging('  hint: ', message.hint, columns)));
  if (terminal.json) printJson(terminal, message);
}
