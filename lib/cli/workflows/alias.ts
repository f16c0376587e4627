import { StepwrightError } from '#core/error.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { targetWords } from './print-words.ts';
import { type AliasDocument, putAlias, rollBackAlias } from './workflow-calls.ts';

/** What `stepwright workflows alias` was called with. */
export interface AliasArguments extends ServerArguments {
  readonly name: string;
  readonly alias: string;
  readonly version: string;
  /** Version that gets a share of the executions. */
  readonly canary?: string;
  /** How many of a hundred it gets. */
  readonly percent?: number;
}

/** `stepwright workflows alias`: points an alias to a version, or to two. Throws SW3066 for a canary without its share. */
export async function aliasCommand(args: AliasArguments, terminal: Terminal): Promise<ExitCode> {
  const { name, alias, version, canary, percent } = args;
  if ((canary === undefined) !== (percent === undefined)) throw halfCanary();
  const share = canary === undefined || percent === undefined ? {} : { canary: { version: canary, percent } };
  const pointed = await putAlias(findServer(args, process.env), name, { alias, version, ...share });
  printAlias(name, pointed, terminal);
  return 0;
}

/** What `stepwright workflows rollback` was called with. */
export interface RollbackArguments extends ServerArguments {
  readonly name: string;
  readonly alias: string;
}

/** `stepwright workflows rollback`: points an alias to where it pointed before. */
export async function rollbackCommand(args: RollbackArguments, terminal: Terminal): Promise<ExitCode> {
  const pointed = await rollBackAlias(findServer(args, process.env), args.name, args.alias);
  printAlias(args.name, pointed, terminal);
  return 0;
}

function printAlias(name: string, alias: AliasDocument, terminal: Terminal): void {
  if (terminal.json) printJson(terminal, alias);
  else terminal.print(`${name}@${alias.alias} points to ${targetWords(alias)}`);
}

function halfCanary(): StepwrightError {
  return new StepwrightError({
    code: 'SW3066',
    kind: 'invalid',
    message: '--canary and --percent go together',
    hint: 'say which version gets how many of a hundred executions: --canary 2.2.0 --percent 10',
  });
}
