import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';
import { reportKeys } from '#table/report-keys.ts';
import { ConditionFailed, type Item, type Table } from '#table/table.ts';
import type { ReportResult } from '../evaluate/report-result.ts';
import { REPORT_FORMATS, type ReportFormat } from '../render/formats.ts';
import { renderReport } from '../render/render.ts';
import { KEEP_DAYS, type ReportFiles } from './report-files.ts';

/** A report that was made and kept. Times in ms since the epoch. */
export const MadeReportSchema = z.object({
  report: z.string(),
  /** When it was due, or made, as text that sorts by time. */
  id: z.string(),
  title: z.string(),
  timezone: z.string(),
  madeAt: z.number(),
  from: z.number(),
  to: z.number(),
  by: z.enum(['schedule', 'request']),
  /** When its schedule came. */
  dueAt: z.number().exactOptional(),
  formats: z.array(z.enum(REPORT_FORMATS)),
  rows: z.number().int(),
  /** How many records are in it. */
  counted: z.number().int(),
  totals: z.array(
    z.object({
      name: z.string(),
      holds: z.enum(['text', 'time-part', 'count', 'number', 'duration', 'share']),
      value: z.number().nullable(),
    }),
  ),
  notices: z.array(z.string()),
  /** Why nothing could be made; there are no files then. */
  error: z.string().exactOptional(),
});

/** A report that was made and kept. */
export type MadeReport = z.infer<typeof MadeReportSchema>;

/** What is said of a report when it is kept. */
export interface Making {
  readonly id: string;
  readonly formats: readonly ReportFormat[];
  readonly dueAt?: number | undefined;
}

/** The id of what is made at a time: `20261130T060000Z`. */
export function madeId(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** Keeps a report with its files. Of two that make the same at the same time, one is on record. */
export async function keepReport(
  { table, files }: { readonly table: Table; readonly files: ReportFiles },
  result: ReportResult,
  { id, formats, dueAt }: Making,
): Promise<MadeReport> {
  const { report } = result;
  for (const format of formats) await files.put({ report, made: id, format }, renderReport(result, format));
  return putMade(table, madeOf(result, { id, formats, dueAt }));
}

/** Puts on record what was made; gives what is on record already, where that is so. */
export async function putMade(table: Table, made: MadeReport): Promise<MadeReport> {
  const expiresAt = Math.ceil(made.madeAt / 1_000) + KEEP_DAYS * 86_400;
  try {
    await table.put({ ...reportKeys.made(made.report, made.id), ...made, expiresAt }, { exists: false });
    return made;
  } catch (error) {
    if (!(error instanceof ConditionFailed) || error.item === undefined) throw error;
    return MadeReportSchema.parse(error.item);
  }
}

function madeOf(result: ReportResult, { id, formats, dueAt }: Making): MadeReport {
  const { report, title, timezone, madeAt, period, rows, records, columns, totals, notices } = result;
  const measures = columns.filter(({ kind }) => kind === 'measure');
  return {
    ...{ report, id, title, timezone, madeAt, from: period.from, to: period.to },
    ...(dueAt === undefined ? ({ by: 'request' } as const) : ({ by: 'schedule', dueAt } as const)),
    ...{ formats: [...formats], rows: rows.length, counted: records.counted },
    totals: measures.map(({ name, holds }, at) => ({ name, holds, value: totals[at] ?? null })),
    notices: notices.map(({ message }) => message),
  };
}

/** What was made, or undefined where it is not on record. */
export async function findMade(table: Table, report: string, id: string): Promise<MadeReport | undefined> {
  const item = await table.get(reportKeys.made(report, id));
  return item === undefined ? undefined : MadeReportSchema.parse(item);
}

/** What was made. Throws SW4222. */
export async function getMade(table: Table, report: string, id: string): Promise<MadeReport> {
  const found = await findMade(table, report, id);
  if (found !== undefined) return found;
  throw new StepwrightError({
    code: 'SW4222',
    kind: 'not-found',
    message: `nothing was made of report "${report}" under the id "${id}", or it is not kept any more`,
    hint: `GET /v1/reports/${report}/made lists what was made; it is kept for ${KEEP_DAYS} days`,
  });
}

/** One page of what was made of a report, the newest first. */
export async function listMade(
  table: Table,
  report: string,
  page: { readonly limit?: number; readonly cursor?: string },
): Promise<{ readonly made: readonly MadeReport[]; readonly cursor?: string }> {
  const query = { partition: reportKeys.partition(report), prefix: reportKeys.madePrefix, descending: true };
  const { items, cursor } = await table.query({ ...query, ...page });
  return {
    made: items.map((item: Item) => MadeReportSchema.parse(item)),
    ...(cursor === undefined ? {} : { cursor }),
  };
}
