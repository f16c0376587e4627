import * as z from 'zod';
import { REPORT_SOURCE_NAMES } from '#definition/report/fields.ts';
import type { ReportResult } from '../evaluate/report-result.ts';

const CellSchema = z.union([z.string(), z.number(), z.boolean(), z.null()]);
const instant = (what: string) => z.string().describe(`${what}: ISO 8601, in UTC, with milliseconds.`);

/** A report that has been made, as a document. */
export const ReportDocumentSchema = z
  .object({
    report: z.string(),
    title: z.string(),
    description: z.string().optional(),
    source: z.enum(REPORT_SOURCE_NAMES),
    from: instant('From when on records count'),
    to: instant('Before when'),
    timezone: z.string().describe('Whose days and hours count.'),
    madeAt: instant('When it was made'),
    columns: z.array(
      z.object({
        name: z.string(),
        kind: z.enum(['group', 'measure']),
        holds: z
          .enum(['text', 'time-part', 'count', 'number', 'duration', 'share'])
          .describe('A duration is in ms, a share a part of 1.'),
        part: z.enum(['hour', 'day', 'week', 'month', 'weekday', 'hour-of-day']).exactOptional(),
      }),
    ),
    rows: z.array(z.array(CellSchema)).describe('Values in the order of the columns.'),
    totals: z
      .record(z.string(), z.number().nullable())
      .describe('Each measure over all records, whatever their rows.'),
    records: z.object({
      read: z.number().int(),
      counted: z.number().int().describe('How many fit the filters.'),
    }),
    notices: z
      .array(
        z.object({
          kind: z.enum(['records', 'time', 'groups', 'distinct', 'rows', 'failed', 'late', 'missed']),
          message: z.string(),
        }),
      )
      .describe('What readers have to know: what is left out, or late.'),
  })
  .meta({ id: 'MadeReport' });

/** A report as a document. */
export type ReportDocument = z.output<typeof ReportDocumentSchema>;

/** A report that has been made, as a document. */
export function reportDocument(result: ReportResult): ReportDocument {
  const { report, title, description, source, period, timezone, madeAt, columns, rows, totals } = result;
  const measures = columns.filter(({ kind }) => kind === 'measure');
  return {
    ...{ report, title, ...(description === undefined ? {} : { description }), source, timezone },
    ...{ from: iso(period.from), to: iso(period.to), madeAt: iso(madeAt) },
    columns: columns.map((column) => ({ ...column })),
    rows: rows.map((row) => [...row]),
    totals: Object.fromEntries(measures.map(({ name }, at) => [name, totals[at] ?? null])),
    records: result.records,
    notices: result.notices.map((notice) => ({ ...notice })),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
