import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { tableStyle } from '../workflows/print-words.ts';
import { type EventDocument, fetchHistory, type WholeHistory } from './execution-calls.ts';
import { actionLines } from './show.ts';

/** `stepwright executions history`: every event of an execution, and what operators have done to it. */
export async function historyCommand(
  id: string,
  args: ServerArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const history = await fetchHistory(findServer(args, process.env), id);
  if (terminal.json) {
    printJson(terminal, history);
    return 0;
  }
  for (const line of historyLines(history, terminal)) terminal.print(line);
  return 0;
}

/** Events, a line each, and what operators have done. */
export function historyLines({ events, actions }: WholeHistory, terminal: Terminal): readonly string[] {
  return [
    ...tableLines(events, COLUMNS, tableStyle(terminal)),
    ...(actions.length === 0 ? [] : ['', ...actionLines(actions, terminal)]),
  ];
}

const COLUMNS: readonly Column<EventDocument>[] = [
  { title: 'ID', text: ({ id }) => String(id) },
  { title: 'AFTER', text: ({ previousEventId }) => String(previousEventId) },
  { title: 'TIME', text: ({ timestamp }) => timestamp.slice(11, 23) },
  { title: 'EVENT', text: ({ type }) => type },
  { title: 'DETAILS', text: ({ details }) => detailWords(details) },
];

/** The error, the name of the state, or the document that it tells of; else all of it. */
function detailWords({ name, error, cause, index, ...more }: EventDocument['details']): string {
  const { output, parameters, resource, resourceType: _type, region: _region, ...rest } = more;
  if (typeof error === 'string') return `${error}${typeof cause === 'string' ? `: ${cause}` : ''}`;
  if (typeof name === 'string') return typeof index === 'number' ? `${name} [${index}]` : name;
  const document = output ?? parameters ?? resource;
  if (typeof document === 'string') return document;
  return Object.keys(rest).length === 0 ? '' : JSON.stringify(rest);
}
