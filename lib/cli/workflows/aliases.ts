import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { minuteOf, tableStyle, targetWords } from './print-words.ts';
import { type AliasDocument, fetchAliases } from './workflow-calls.ts';

/** `stepwright workflows aliases`: the aliases of a workflow, and where each pointed before. */
export async function aliasesCommand(
  name: string,
  args: ServerArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const aliases = await fetchAliases(findServer(args, process.env), name);
  if (terminal.json) printJson(terminal, { aliases });
  else if (aliases.length === 0) terminal.print(`${name} has no aliases`);
  else terminal.print(tableLines(aliases, COLUMNS, tableStyle(terminal)).join('\n'));
  return 0;
}

const COLUMNS: readonly Column<AliasDocument>[] = [
  { title: 'ALIAS', text: ({ alias }) => alias },
  { title: 'POINTS TO', text: targetWords },
  { title: 'SINCE', text: ({ changedAt }) => minuteOf(changedAt) },
  { title: 'BEFORE', text: ({ before: [before] }) => (before === undefined ? '' : targetWords(before)) },
];
