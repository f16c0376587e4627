import { existsSync } from 'node:fs';
import { extname } from 'node:path';
import { StepwrightError } from '#core/error.ts';
import { REPORT_FORMATS, type ReportFormat } from '#reports/render/formats.ts';
import { findServer, type ServerArguments } from '../find-server.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { writeWhole } from '../write-whole.ts';
import { loadReports } from './load-reports.ts';
import { reportLines } from './print-report.ts';
import { fetchMade, fetchMadeText, type PeriodWanted, type Wanted } from './report-calls.ts';

/** What `stepwright reports make` was called with. */
export interface MakeArguments extends ServerArguments, PeriodWanted {
  /** Name of a published report, or a file. */
  readonly reference: string;
  readonly format?: ReportFormat;
  readonly out?: string;
}

/** `stepwright reports make`: makes a report now. Without a format it is printed for the terminal. Throws SW1007, SW3024. */
export async function makeCommand(args: MakeArguments, terminal: Terminal): Promise<ExitCode> {
  return tellReport(args, wantedOf(args.reference, terminal), terminal);
}

/** Tells a report: in the file that `--out` names, in the format that is asked for, or for the terminal. */
export async function tellReport(
  { format, out, ...args }: Omit<MakeArguments, 'reference'>,
  wanted: Wanted,
  terminal: Terminal,
): Promise<ExitCode> {
  const server = findServer(args, process.env);
  const period = periodOf(args);
  const asked = format ?? formatOfFile(out);
  if (out !== undefined) {
    writeWhole(out, await fetchMadeText(server, wanted, { ...period, format: asked ?? 'html' }));
    if (terminal.json) printJson(terminal, { file: out, format: asked ?? 'html' });
    else terminal.note(`wrote ${out}`);
    return 0;
  }
  if (asked === undefined || terminal.json) {
    const report = await fetchMade(server, wanted, period);
    if (terminal.json) printJson(terminal, report);
    else terminal.print(reportLines(report, terminal).join('\n'));
    return 0;
  }
  terminal.print((await fetchMadeText(server, wanted, { ...period, format: asked })).replace(/\r?\n$/, ''));
  return 0;
}

/** A file is made without being published. */
function wantedOf(reference: string, terminal: Terminal): Wanted {
  if (!existsSync(reference) && !/\.(?:ya?ml|json)$|[/\\]/.test(reference)) return { name: reference };
  const [first, ...others] = loadReports(reference, terminal);
  if (first !== undefined && others.length === 0) return { text: first.text };
  throw new StepwrightError({
    code: 'SW1007',
    kind: 'invalid',
    message: `${reference} has more than one report`,
    hint: 'name one file of them',
  });
}

function formatOfFile(file: string | undefined): ReportFormat | undefined {
  const extension = extname(file ?? '')
    .slice(1)
    .replace(/^htm$/, 'html');
  return REPORT_FORMATS.find((format) => format === extension);
}

function periodOf({ last, from, to }: PeriodWanted): PeriodWanted {
  return {
    ...(last === undefined ? {} : { last }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
  };
}
