import type { ReportFormat } from '#reports/render/formats.ts';
import { momentWords } from '#reports/render/words.ts';
import { countWords, secondOf } from '../executions/print-words.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { type Column, tableLines } from '../print-table.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { hanging } from '../text-layout.ts';
import { tableStyle } from '../workflows/print-words.ts';
import { loadReports } from './load-reports.ts';
import { tellReport } from './make.ts';
import {
  fetchKept,
  fetchReport,
  fetchReports,
  type KeptReport,
  type PublishedReport,
  sendReport,
} from './report-calls.ts';

/** `stepwright reports list`. */
export async function listCommand(args: ServerArguments, terminal: Terminal): Promise<ExitCode> {
  const reports = await fetchReports(findServer(args, process.env));
  if (terminal.json) printJson(terminal, { reports });
  else if (reports.length === 0) terminal.print('there are none');
  else terminal.print(tableLines(reports, LISTED, tableStyle(terminal)).join('\n'));
  return 0;
}

const LISTED: readonly Column<PublishedReport>[] = [
  { title: 'REPORT', text: ({ name }) => name },
  { title: 'OF', text: ({ of }) => of },
  { title: 'NEXT', text: ({ dueAt, schedule }) => dueWords({ dueAt, schedule }) },
  { title: 'TITLE', text: ({ title }) => title },
];

function dueWords({ dueAt, schedule }: Pick<PublishedReport, 'dueAt' | 'schedule'>): string {
  if (dueAt === undefined || schedule === undefined) return '';
  return momentWords(Date.parse(dueAt), schedule.timezone);
}

/** `stepwright reports show`: the report, and what was made of it last. */
export async function showCommand(
  name: string,
  args: ServerArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const server = findServer(args, process.env);
  const report = await fetchReport(server, name);
  const made = await fetchKept(server, name);
  if (terminal.json) {
    printJson(terminal, { ...report, made });
    return 0;
  }
  const { title, description, of, schedule, publishedAt } = report;
  terminal.print(`${terminal.paint.bold(name)}  ${title}`);
  const due = `${schedule?.cron} (${schedule?.timezone}), next ${dueWords(report)}`;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['about', description],
    ['of', of],
    ['schedule', schedule === undefined ? 'none' : due],
    ['published', `${secondOf(publishedAt)} UTC`],
  ];
  for (const [label, text] of facts)
    if (text !== undefined) terminal.print(hanging(label.padEnd(11), text, terminal.columns));
  if (made.length > 0) terminal.print(madeLines(made.slice(0, 10), terminal).join('\n'));
  return 0;
}

/** `stepwright reports made`: what was made of a report, or one of that as it was then. */
export async function madeCommand(
  {
    name,
    id,
    ...args
  }: ServerArguments & {
    readonly name: string;
    readonly id?: string | undefined;
    readonly format?: ReportFormat;
    readonly out?: string;
  },
  terminal: Terminal,
): Promise<ExitCode> {
  if (id !== undefined) return tellKept(name, id, args, terminal);
  const made = await fetchKept(findServer(args, process.env), name);
  if (terminal.json) printJson(terminal, { made });
  else if (made.length === 0) terminal.print('nothing was made of it yet');
  else terminal.print(madeLines(made, terminal).join('\n'));
  return 0;
}

/** What was kept as a page alone is no document: it is printed as it is, or written. */
function tellKept(
  name: string,
  id: string,
  args: ServerArguments & { readonly format?: ReportFormat; readonly out?: string },
  terminal: Terminal,
): Promise<ExitCode> {
  const asked =
    args.format === undefined && args.out === undefined ? { ...args, format: 'html' as const } : args;
  return tellReport(asked, { name, made: id }, { ...terminal, json: false });
}

function madeLines(made: readonly KeptReport[], terminal: Terminal): readonly string[] {
  return tableLines(made, KEPT, tableStyle(terminal));
}

const KEPT: readonly Column<KeptReport>[] = [
  { title: 'MADE', text: ({ id }) => id, isKept: true },
  { title: 'BY', text: ({ by }) => by },
  { title: 'RECORDS', text: ({ records }) => records.toLocaleString('en') },
  { title: 'ROWS', text: ({ rows }) => rows.toLocaleString('en') },
  { title: 'AS', text: ({ formats }) => formats.join(', ') },
  { title: 'NOTES', text: ({ error, notices }) => error ?? notices.join(' ') },
];

/** `stepwright reports publish`: publishes files of reports. None is published when one of them has errors. Throws SW1007. */
export async function publishReportsCommand(
  { paths, ...args }: ServerArguments & { readonly paths: readonly string[] },
  terminal: Terminal,
): Promise<ExitCode> {
  const texts = paths.flatMap((path) => loadReports(path, terminal));
  const server = findServer(args, process.env);
  const published: PublishedReport[] = [];
  for (const { text, file } of texts) {
    const report = await sendReport(server, file.report, text);
    published.push(report);
    const due = report.dueAt === undefined ? '' : `, next made ${dueWords(report)}`;
    if (!terminal.json) terminal.print(`published ${report.name}${due}`);
  }
  if (terminal.json)
    printJson(terminal, { published: published.map(({ name, dueAt }) => ({ name, dueAt })) });
  else terminal.note(`${countWords(published.length, 'report')} published`);
  return 0;
}
