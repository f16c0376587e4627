import * as z from 'zod';
import { hasErrors } from '#core/diagnostic.ts';
import { StepwrightError } from '#core/error.ts';
import { wallClock } from '#core/wall-clock.ts';
import { DurationSchema } from '#definition/fields.ts';
import { type ReportFile, ReportFileSchema } from '#definition/report/report.ts';
import { Source } from '#definition/source.ts';
import type { ExecutionPorts } from '#executions/ports.ts';
import { type ReportPeriod, timezoneOf } from '#reports/evaluate/report-result.ts';
import { periodUpTo } from '#reports/make-report.ts';
import { REPORT_FORMATS, type ReportFormat } from '#reports/render/formats.ts';
import { type PublishedReport, publishReport } from '#reports/store/report-store.ts';
import { checkDocuments } from '#validation/documents/documents.ts';
import { InvalidDefinition } from './problem.ts';

/** A report that is valid, with its text. */
export interface ReportText {
  readonly text: string;
  readonly file: ReportFile;
}

/** Reads and validates the text of a report. Throws {@link InvalidDefinition}. */
export function readReportText(source: Source): ReportText {
  const found = checkDocuments([{ kind: 'report', source }]);
  if (hasErrors(found)) throw new InvalidDefinition(found, 'report');
  return { text: source.text, file: ReportFileSchema.parse(source.value) };
}

/** The same of a text that comes over the API. */
export function reportSource(text: string): Source {
  return Source.parse('body', text);
}

/** Validates and publishes a report, in the place of the one before. Throws {@link InvalidDefinition}, SW4001, SW4022. */
export async function publishReportText(
  ports: Pick<ExecutionPorts, 'table' | 'clock'>,
  source: Source,
  name?: string,
): Promise<PublishedReport> {
  const read = readReportText(source);
  if (name === undefined || name === read.file.report) return publishReport(ports, read);
  throw invalid(
    `this is the report "${read.file.report}", and was sent as "${name}"`,
    'send it under its own name',
  );
}

/** Of which time a report is made, and as what. */
export const ReportQuerySchema = z.object({
  format: z.enum(REPORT_FORMATS).optional().describe('Default: what the header Accept prefers, else json.'),
  last: DurationSchema.optional().describe('Records of so long up to `to`. Default: as the report says.'),
  from: z.string().optional().describe('Day, or instant with its offset, from which on.'),
  to: z.string().optional().describe('Day, or instant with its offset, before which. Default now.'),
});

const DAY_OR_INSTANT = z.union([z.iso.date(), z.iso.datetime({ offset: true })]);
const LONGEST_DAYS = 400;
const DAY_MS = 86_400_000;

/** The period that is asked for, else that of the report up to now. Days are those of its time zone. Throws SW4001. */
export function reportPeriod(
  file: ReportFile,
  { last, from, to }: z.infer<typeof ReportQuerySchema>,
  now: number,
): ReportPeriod {
  const end = to === undefined ? Math.floor(now) : timeOf('to', to, file);
  if (from !== undefined && last !== undefined)
    throw invalid('query: there is both `from` and `last`', 'give one of the two');
  const { from: begin } =
    from === undefined
      ? periodUpTo(last === undefined ? file : { period: { last } }, end)
      : { from: timeOf('from', from, file) };
  if (begin >= end) throw invalid('query: the period ends before it begins', 'give an earlier `from`');
  if (end - begin > LONGEST_DAYS * DAY_MS)
    throw invalid(`query: the period has more than ${LONGEST_DAYS} days`, 'make several reports of it');
  return { from: begin, to: end };
}

function timeOf(name: string, text: string, file: ReportFile): number {
  if (!DAY_OR_INSTANT.safeParse(text).success)
    throw invalid(
      `query.${name}: "${text}" is no day and no instant`,
      'give days such as 2026-11-26, or instants such as 2026-11-26T08:30:00Z',
    );
  return text.length === 10 ? wallClock(timezoneOf(file)).instant(Date.parse(text)) : Date.parse(text);
}

const MEDIA: Readonly<Record<string, ReportFormat>> = {
  ...{ 'text/html': 'html', 'application/xhtml+xml': 'html', 'text/csv': 'csv' },
  ...{ 'application/json': 'json', '*/*': 'json', 'text/*': 'html', 'application/*': 'json' },
};

/** The format that is asked for by name, or by the header Accept (RFC 9110, 12.5.1): what has the highest weight, the first of equals. */
export function formatOf(
  { format }: z.infer<typeof ReportQuerySchema>,
  headers: Readonly<Record<string, string>>,
): ReportFormat {
  if (format !== undefined) return format;
  const wanted = (headers['accept'] ?? '').split(',').flatMap((range) => {
    const [type = '', ...parameters] = range
      .trim()
      .toLowerCase()
      .split(/\s*;\s*/);
    const found = MEDIA[type];
    const weight = Number(/^q=(\d(?:\.\d{1,3})?)$/.exec(parameters.at(-1) ?? '')?.[1] ?? 1);
    return found === undefined || weight === 0 ? [] : [{ found, weight }];
  });
  return wanted.toSorted((one, other) => other.weight - one.weight)[0]?.found ?? 'json';
}

function invalid(message: string, hint: string): StepwrightError {
  return new StepwrightError({ code: 'SW4001', kind: 'invalid', message, hint });
}
