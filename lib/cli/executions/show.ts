import { formatDollars } from '#compiler/forecast/cost.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import { leftBehindLines } from '../left-behind-lines.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { markOf } from '../step-marks.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { crop, hanging } from '../text-layout.ts';
import { tableStyle } from '../workflows/print-words.ts';
import {
  type ActionDocument,
  type ExecutionDocument,
  fetchActions,
  fetchExecution,
} from './execution-calls.ts';
import { bytesWords, countWords, secondOf, tookWords } from './print-words.ts';
import { routeLines } from './route-lines.ts';

/** `stepwright executions show`: how an execution stands, step by step, what it has taken, and what operators have done. */
export async function showCommand(id: string, args: ServerArguments, terminal: Terminal): Promise<ExitCode> {
  const server = findServer(args, process.env);
  const [execution, actions] = await Promise.all([fetchExecution(server, id), fetchActions(server, id)]);
  if (terminal.json) printJson(terminal, { ...execution, actions });
  else for (const line of executionLines(execution, actions, terminal)) terminal.print(line);
  return 0;
}

/** An execution, step by step, with what operators have done. */
export function executionLines(
  execution: ExecutionDocument,
  actions: readonly ActionDocument[],
  terminal: Terminal,
): readonly string[] {
  const left = leftBehindLines(execution.leftBehind ?? [], terminal);
  return [
    ...headLines(execution, terminal),
    '',
    ...tableLines(execution.steps, stepColumns(terminal), tableStyle(terminal)),
    ...(left.length === 0 ? [] : ['', ...left]),
    ...routeLines(execution.steps, terminal),
    ...(actions.length === 0 ? [] : ['', ...actionLines(actions, terminal)]),
  ];
}

/** How an execution has ended, and what it has left behind, for who has seen its steps. */
export function endLines(execution: ExecutionDocument, terminal: Terminal): readonly string[] {
  return [...headLines(execution, terminal), ...leftBehindLines(execution.leftBehind ?? [], terminal)];
}

function headLines(execution: ExecutionDocument, { paint, columns }: Terminal): readonly string[] {
  const { executionId, workflow, version, status } = execution;
  const mark = markOf(status, paint);
  const paused = execution.pausedAt === undefined ? '' : `, paused since ${secondOf(execution.pausedAt)}`;
  return [
    `${mark.paint(mark.sign)} ${paint.bold(status)}${paused}  ${workflow} ${version}, execution ${executionId}`,
    ...facts(execution).map(([title, text]) =>
      hanging(title.padEnd(LABEL), shortened(title, text, columns), columns),
    ),
  ];
}

const LABEL = 10;
/** Documents are told in so many lines; `--json` tells all of them. */
const DOCUMENT_LINES = 2;

/** A document has few spaces to break it at: it is broken anywhere, and cut. */
function shortened(title: string, text: string, columns: number): string {
  if (title !== 'input' && title !== 'output') return text;
  const width = columns - LABEL;
  const cut = crop(text, width * DOCUMENT_LINES);
  return cut.length <= width ? cut : `${cut.slice(0, width)}\n${cut.slice(width)}`;
}

function facts(execution: ExecutionDocument): readonly (readonly [string, string])[] {
  const { startedAt, endedAt, error, cause = '', redriveCount, redrivenAt, output, usage } = execution;
  const { childrenNotRead, cost, traceId } = execution;
  const end = endedAt === undefined ? '' : `, ended ${secondOf(endedAt)} after ${tookWords(execution)}`;
  const redriven = `${countWords(redriveCount ?? 0, 'time')}, last ${secondOf(redrivenAt ?? '')}`;
  return [
    ['started', `${secondOf(startedAt)} UTC${end}`],
    ...(redriveCount === undefined ? [] : [['redriven', redriven] as const]),
    ['input', JSON.stringify(execution.input)],
    ...(output === undefined ? [] : [['output', JSON.stringify(output)] as const]),
    ...(error === undefined ? [] : [['error', `${error}: ${cause}`] as const]),
    ...(usage === undefined ? [] : [['usage', usageWords(usage)] as const]),
    ...(cost === undefined ? [] : [['cost', costWords(cost)] as const]),
    ...(traceId === undefined ? [] : [['trace', traceId] as const]),
    ...(childrenNotRead === undefined ? [] : [['not read', notReadWords(childrenNotRead)] as const]),
  ];
}

function notReadWords(children: number): string {
  return `${countWords(children, 'child execution')}; of the steps in them, only what has sent commands is shown`;
}

function usageWords(usage: NonNullable<ExecutionDocument['usage']>): string {
  return [
    countWords(usage.transitions, 'transition'),
    `${countWords(usage.events, 'event')} (${bytesWords(usage.journalBytes)})`,
    `${countWords(usage.handlerCalls, 'handler call')} (${countWords(usage.handlerMs, 'ms').replace(/mss$/, 'ms')})`,
    `${countWords(usage.commandsSent, 'command')} sent`,
    `${bytesWords(usage.payloadBytes)} of payload`,
  ].join(', ');
}

function costWords({ dollars, services, region, date }: NonNullable<ExecutionDocument['cost']>): string {
  const dear = Object.entries(services).toSorted(([, one], [, other]) => other - one);
  const [[first] = [''], [second] = ['']] = dear;
  return `${formatDollars(dollars)} on AWS, most of it ${first} and ${second} (prices of ${region}, ${date})`;
}

type Step = ExecutionDocument['steps'][number];

function stepColumns({ paint }: Terminal): readonly Column<Step>[] {
  return [
    { title: 'STEP', text: ({ path }) => path },
    {
      title: 'STATUS',
      text: ({ status, isCached }) =>
        `${markOf(status, paint).sign} ${status}${isCached === true ? ', cached' : ''}`,
      paint: (cell, { status }) => markOf(status, paint).paint(cell),
    },
    { title: 'TRIES', text: ({ attempts }) => (attempts === 0 ? '' : String(attempts)) },
    { title: 'DEVICE', text: ({ device = '' }) => device },
    {
      title: 'TOOK',
      text: ({ startedAt, endedAt }) => (startedAt === undefined ? '' : tookWords({ startedAt, endedAt })),
    },
    { title: 'ERROR', text: ({ error, cause }) => [error, cause].filter(Boolean).join(': ') },
  ];
}

/** What operators have done, a line each: when, who, what, why. */
export function actionLines(actions: readonly ActionDocument[], terminal: Terminal): readonly string[] {
  return tableLines(actions, ACTION_COLUMNS, tableStyle(terminal));
}

const ACTION_COLUMNS: readonly Column<ActionDocument>[] = [
  { title: 'WHEN', text: ({ at }) => secondOf(at) },
  { title: 'WHO', text: ({ by }) => by },
  { title: 'DID', text: actionWords },
  { title: 'WHY', text: ({ reason = '' }) => reason },
];

function actionWords({ operation, details, refused }: ActionDocument): string {
  const about = details['path'] ?? details['version'] ?? details['name'];
  const words = typeof about === 'string' ? `${operation} ${about}` : operation;
  return refused === undefined ? words : `${words} (refused)`;
}
