import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { markOf } from '../step-marks.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { tableStyle } from '../workflows/print-words.ts';
import { type ExecutionSummary, fetchExecutions } from './execution-calls.ts';
import { secondOf, tookWords } from './print-words.ts';

/** What `stepwright executions list` was called with. */
export interface ListArguments extends ServerArguments {
  readonly workflow?: string;
  readonly day?: string;
  /** In any case of letters. */
  readonly status?: readonly string[];
  readonly limit: number;
}

/** `stepwright executions list`: the executions of today, of another day, or of a workflow, the newest first. */
export async function listCommand(args: ListArguments, terminal: Terminal): Promise<ExitCode> {
  const { workflow, day, limit } = args;
  const status = args.status?.map((text) => text.toUpperCase().replaceAll('-', '_'));
  const executions = await fetchExecutions(findServer(args, process.env), { workflow, day, status, limit });
  if (terminal.json) printJson(terminal, { executions });
  else if (executions.length === 0) terminal.print(nothingFor(args));
  else terminal.print(tableLines(executions, columns(args, terminal), tableStyle(terminal)).join('\n'));
  return 0;
}

function nothingFor({ workflow, day, status }: ListArguments): string {
  if (status !== undefined)
    return `no execution of ${workflow ?? day ?? 'today (UTC)'} is ${status.join(' or ')}`;
  if (workflow !== undefined) return `no execution of ${workflow} has been started`;
  return `no execution was started ${day === undefined ? 'today (UTC); --day tells of another day' : `on ${day}`}`;
}

/** What all have in common is said by the command itself. */
function columns(
  { workflow: asked }: ListArguments,
  { paint }: Terminal,
): readonly Column<ExecutionSummary>[] {
  return [
    { title: 'EXECUTION', text: ({ executionId }) => executionId, isKept: true },
    asked === undefined
      ? { title: 'WORKFLOW', text: ({ workflow, version }) => `${workflow} ${version}` }
      : { title: 'VERSION', text: ({ version }) => version },
    {
      title: 'STATUS',
      text: ({ status, pausedAt }) => (pausedAt === undefined ? status : `${status}, paused`),
      paint: (cell, { status }) => markOf(status, paint).paint(cell),
    },
    {
      title: 'STARTED',
      text: ({ startedAt }) => (asked === undefined ? secondOf(startedAt).slice(11) : secondOf(startedAt)),
    },
    { title: 'TOOK', text: tookWords },
  ];
}
