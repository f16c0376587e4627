import { userInfo } from 'node:os';
import type { Command } from 'commander';
import type { JsonObject } from '#core/json.ts';
import type { ServerArguments } from './find-server.ts';

/** Who does something that is kept on record, and why. */
export interface OperatorArguments extends ServerArguments {
  readonly by?: string;
  readonly reason?: string;
}

/** Who is logged in here, where nobody else is named: the token does not say. */
export function operatorOf({ by, reason }: OperatorArguments): JsonObject {
  const name = by ?? (process.env['STEPWRIGHT_USER'] || userInfo().username);
  return { by: name, ...(reason === undefined ? {} : { reason }) };
}

/** The options by which a command is told who does it, and why. */
export function addOperatorOptions(command: Command): Command {
  return command
    .option('--reason <text>', 'why; kept with the history')
    .option('--by <name>', 'who does it (default: STEPWRIGHT_USER, else who is logged in here)');
}
