import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { minuteOf, tableStyle } from './print-words.ts';
import { fetchWorkflows, type WorkflowDocument } from './workflow-calls.ts';

/** `stepwright workflows list`: every published workflow, with its latest version. */
export async function listCommand(args: ServerArguments, terminal: Terminal): Promise<ExitCode> {
  const workflows = await fetchWorkflows(findServer(args, process.env));
  if (terminal.json) printJson(terminal, { workflows });
  else if (workflows.length === 0) terminal.print('no workflow is published');
  else terminal.print(tableLines(workflows, COLUMNS, tableStyle(terminal)).join('\n'));
  return 0;
}

const COLUMNS: readonly Column<WorkflowDocument>[] = [
  { title: 'WORKFLOW', text: ({ name }) => name },
  { title: 'LATEST', text: ({ latest }) => latest },
  { title: 'PUBLISHED', text: ({ publishedAt }) => minuteOf(publishedAt) },
  { title: 'DESCRIPTION', text: ({ description = '' }) => description },
];
