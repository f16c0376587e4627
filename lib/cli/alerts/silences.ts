import { secondOf } from '../executions/print-words.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import { type OperatorArguments, operatorOf } from '../operator.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { hanging } from '../text-layout.ts';
import { tableStyle } from '../workflows/print-words.ts';
import { endSilence, fetchSilences, makeSilence, type SilenceDocument, sendSilence } from './alert-calls.ts';
import { valuesWords } from './print-alerts.ts';

/** What `stepwright alerts silence` was called with: one alert, or all that match. */
export interface SilenceArguments extends OperatorArguments {
  readonly id?: string | undefined;
  readonly match?: Readonly<Record<string, readonly string[]>>;
  readonly group?: string;
  readonly for: string;
}

/** `stepwright alerts silence`: tells nobody of alerts for some time. */
export async function silenceCommand(args: SilenceArguments, terminal: Terminal): Promise<ExitCode> {
  const { id, match = {}, group, for: time } = args;
  const server = findServer(args, process.env);
  const silence =
    id === undefined
      ? await makeSilence(server, {
          ...operatorOf(args),
          for: time,
          match: Object.fromEntries(Object.entries(match).map(([name, values]) => [name, [...values]])),
          ...(group === undefined ? {} : { group }),
        })
      : await sendSilence(server, id, { ...operatorOf(args), for: time });
  if (terminal.json) printJson(terminal, silence);
  else terminal.print(`silenced until ${secondOf(silence.until)} UTC by silence ${silence.id}`);
  return 0;
}

/** `stepwright alerts silences`: those that people have made, also those that have not begun. */
export async function silencesCommand(args: ServerArguments, terminal: Terminal): Promise<ExitCode> {
  const silences = await fetchSilences(findServer(args, process.env));
  if (terminal.json) printJson(terminal, { silences });
  else if (silences.length === 0) terminal.print('nobody has silenced anything');
  else terminal.print(listLines(silences, terminal).join('\n'));
  return 0;
}

/** `stepwright alerts unsilence`: what fires is told of again. */
export async function unsilenceCommand(
  id: string,
  args: ServerArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const silence = await endSilence(findServer(args, process.env), id);
  if (terminal.json) printJson(terminal, silence);
  else terminal.print(`silence ${silence.id} has ended: what fires is told of again`);
  return 0;
}

const COLUMNS: readonly Column<SilenceDocument>[] = [
  { title: 'SILENCE', text: ({ id }) => id, isKept: true },
  { title: 'FROM', text: ({ from }) => secondOf(from) },
  { title: 'UNTIL', text: ({ until }) => secondOf(until) },
  { title: 'WHO', text: ({ createdBy }) => createdBy },
];

/** A line for each, and what it is of, and why, on the next. */
function listLines(silences: readonly SilenceDocument[], terminal: Terminal): readonly string[] {
  const [titles = '', ...rows] = tableLines(silences, COLUMNS, tableStyle(terminal));
  const more = silences.map((silence) =>
    hanging('  ', `${ofWords(silence)}: ${silence.reason}`, terminal.columns),
  );
  return [titles, ...rows.flatMap((row, at) => [row, more[at] ?? ''])];
}

function ofWords({ group, match, by = {} }: SilenceDocument): string {
  const matched = Object.entries(match).map(([name, values = []]) => `${name}=${values.join('|')}`);
  const words = [group === undefined ? '' : `group ${group}`, ...matched, valuesWords(by)];
  return words.filter(Boolean).join(' ') || 'everything';
}
