import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { minuteOf, tableStyle } from './print-words.ts';
import {
  type AliasDocument,
  fetchAliases,
  fetchVersions,
  fetchWorkflow,
  type VersionDocument,
} from './workflow-calls.ts';

/** `stepwright workflows versions`: the versions of a workflow, the highest first, and what points to each. */
export async function versionsCommand(
  name: string,
  args: ServerArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const server = findServer(args, process.env);
  const [versions, aliases, { latest }] = await Promise.all([
    fetchVersions(server, name),
    fetchAliases(server, name),
    fetchWorkflow(server, name),
  ]);
  const rows = versions.map((one) => ({ ...one, aliases: namesOf(one.version, aliases, latest) }));
  if (terminal.json) printJson(terminal, { versions: rows });
  else terminal.print(tableLines(rows, COLUMNS, tableStyle(terminal)).join('\n'));
  return 0;
}

interface Row extends VersionDocument {
  /** Names that stand for it: `latest`, and the aliases that point to it. */
  readonly aliases: readonly string[];
}

function namesOf(version: string, aliases: readonly AliasDocument[], latest: string): readonly string[] {
  const own = aliases.flatMap(({ alias, canary, ...target }) => {
    if (target.version === version) return [alias];
    return canary?.version === version ? [`${alias} (${canary.percent} %)`] : [];
  });
  return version === latest ? ['latest', ...own] : own;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'VERSION', text: ({ version }) => version },
  { title: 'PUBLISHED', text: ({ publishedAt }) => minuteOf(publishedAt) },
  { title: 'ALIASES', text: ({ aliases }) => aliases.join(', ') },
  { title: 'DEPRECATED', text: ({ deprecated = '' }) => deprecated },
];
