import { formatDuration } from '#core/duration.ts';
import { countWords, secondOf } from '../executions/print-words.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import { type OperatorArguments, operatorOf } from '../operator.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { type Paint, printJson, type Terminal } from '../terminal.ts';
import { hanging } from '../text-layout.ts';
import { tableStyle } from '../workflows/print-words.ts';
import { type AlertDocument, fetchAlert, fetchAlertHistory, fetchAlerts, sendAnswer } from './alert-calls.ts';
import { paintSeverity, valuesWords } from './print-alerts.ts';
import { type HistoryDocument, historyLines } from './print-history.ts';

/** What `stepwright alerts list` was called with. */
export interface ListArguments extends ServerArguments {
  readonly state?: string;
  readonly severity?: string;
}

/** `stepwright alerts list`. */
export async function listCommand(args: ListArguments, terminal: Terminal): Promise<ExitCode> {
  const alerts = await fetchAlerts(findServer(args, process.env), args);
  if (terminal.json) printJson(terminal, { alerts });
  else if (alerts.length === 0) terminal.print('there are none');
  else terminal.print(listLines(alerts, terminal).join('\n'));
  return 0;
}

/** A line for each, and its id on the next, whole: whoever answers it needs that. */
function listLines(alerts: readonly AlertDocument[], terminal: Terminal): readonly string[] {
  const [titles = '', ...rows] = tableLines(alerts, columnsOf(terminal.paint), tableStyle(terminal));
  const ids = alerts.map(({ id }) => terminal.paint.dim(`  ${id}`));
  return [titles, ...rows.flatMap((row, at) => [row, ids[at] ?? ''])];
}

function columnsOf(paint: Paint): readonly Column<AlertDocument>[] {
  return [
    { title: 'SINCE', text: ({ since }) => secondOf(since) },
    { title: 'STATE', text: ({ state }) => state },
    {
      title: 'SEVERITY',
      text: ({ severity }) => severity,
      paint: (cell, { severity }) => paintSeverity(severity, paint)(cell),
    },
    { title: 'ALERT', text: ({ alert, by }) => `${alert} ${valuesWords(by)}`.trimEnd() },
  ];
}

/** `stepwright alerts show`. */
export async function showCommand(id: string, args: ServerArguments, terminal: Terminal): Promise<ExitCode> {
  const server = findServer(args, process.env);
  return tell(await fetchAlert(server, id), await fetchAlertHistory(server, id), terminal);
}

/** What `stepwright alerts acknowledge` and `resolve` were called with. */
export interface AnswerArguments extends OperatorArguments {
  readonly ids: readonly string[];
  readonly verb: 'acknowledge' | 'resolve';
}

/** `stepwright alerts acknowledge` and `resolve`. */
export async function answerCommand(
  { ids, verb, ...args }: AnswerArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const server = findServer(args, process.env);
  const alerts: AlertDocument[] = [];
  for (const id of ids) {
    const alert = await sendAnswer(server, { id, verb }, operatorOf(args));
    alerts.push(alert);
    if (!terminal.json) terminal.print(`${alert.state} ${alert.id}: ${alert.title}`);
  }
  if (terminal.json) printJson(terminal, { alerts });
  return 0;
}

const LABEL = 11;

function tell(alert: AlertDocument, history: HistoryDocument, terminal: Terminal): ExitCode {
  if (terminal.json) {
    printJson(terminal, { ...alert, history });
    return 0;
  }
  for (const text of factTexts(alert, terminal)) terminal.print(text);
  terminal.print(['', 'What has become of it (UTC)', ...historyLines(history, terminal)].join('\n'));
  return 0;
}

type Style = Pick<Terminal, 'paint' | 'columns'>;

/** What there is to know of an alert: how it stands, what it is about, who has said what of it. */
export function alertTexts(alert: AlertDocument, style: Style): readonly string[] {
  const said = alert.notes.map(({ at, by, did, why }) => {
    const reason = why === undefined ? '' : `: ${why}`;
    return hanging(''.padEnd(LABEL), `${secondOf(at)} ${did} by ${by}${reason}`, style.columns);
  });
  return [...factTexts(alert, style), ...said];
}

function factTexts(alert: AlertDocument, { paint, columns }: Style): readonly string[] {
  const { state, severity, title, message } = alert;
  return [
    `${paint.bold(state)}  ${paintSeverity(severity, paint)(severity)}  ${title}`,
    ...(message === undefined || message === title ? [] : [message]),
    ...facts(alert).map(([label, text]) => hanging(label.padEnd(LABEL), text, columns)),
  ];
}

function facts(alert: AlertDocument): readonly (readonly [string, string])[] {
  const { id, group, by, since, firedAt, resolvedAt, resolvedBy, value, devices, deviceCount } = alert;
  const { executions, error, lastGood, runbook, team, zone } = alert;
  const words: readonly (readonly [string, string | undefined])[] = [
    ['id', id],
    ['group', `${group}${team === undefined ? '' : `, for ${team}`}`],
    ['of', Object.keys(by).length === 0 ? undefined : valuesWords(by)],
    ['zone', zone],
    ['since', `${secondOf(since)} UTC${firedAt === undefined ? '' : `, fired ${secondOf(firedAt)}`}`],
    [
      'over',
      resolvedAt &&
        `${secondOf(resolvedAt)} UTC, ${overWords(alert)}${resolvedBy ? `, by ${resolvedBy}` : ''}`,
    ],
    ['value', value === undefined ? undefined : String(Number(value.toPrecision(6)))],
    ['cause', error],
    [
      'devices',
      devices.length === 0 ? undefined : `${countWords(deviceCount, 'device')}: ${devices.join(', ')}`,
    ],
    ['executions', executions.length === 0 ? undefined : executions.join(', ')],
    [
      'last good',
      lastGood && `${lastGood.execution ?? lastGood.command ?? ''} at ${secondOf(lastGood.at)} UTC`,
    ],
    ['runbook', runbook],
  ];
  return words.flatMap(([label, text]) => (text === undefined ? [] : [[label, text] as const]));
}

function overWords({ firedAt, resolvedAt }: AlertDocument): string {
  if (firedAt === undefined || resolvedAt === undefined) return '';
  return `after ${formatDuration(Date.parse(resolvedAt) - Date.parse(firedAt))}`;
}
