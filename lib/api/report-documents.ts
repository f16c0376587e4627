import * as z from 'zod';
import { REPORT_SOURCE_NAMES } from '#definition/report/fields.ts';
import type { MadeReport } from '#reports/made/made-report.ts';
import { REPORT_FORMATS } from '#reports/render/formats.ts';
import type { PublishedReport } from '#reports/store/report-store.ts';

const instant = (what: string) => z.string().describe(`${what}: ISO 8601, in UTC, with milliseconds.`);

/** A report as it is published. */
export const PublishedReportDocument = z
  .object({
    name: z.string(),
    title: z.string(),
    description: z.string().optional(),
    of: z.enum(REPORT_SOURCE_NAMES).describe('What its records are.'),
    schedule: z.object({ cron: z.string(), timezone: z.string() }).optional(),
    dueAt: instant('When its schedule comes next').optional(),
    publishedAt: instant('Since when it is as it is'),
    source: z.string().describe('Its text.'),
  })
  .meta({ id: 'Report' });

/** A report as it is published, as the API tells it. */
export function toReportDocument(report: PublishedReport): z.output<typeof PublishedReportDocument> {
  const { name, file, source, publishedAt, dueAt } = report;
  const { title = name, description, schedule } = file;
  return {
    ...{ name, title, ...(description === undefined ? {} : { description }), of: file.source },
    ...(schedule === undefined
      ? {}
      : { schedule: { cron: schedule.cron, timezone: schedule.timezone ?? 'UTC' } }),
    ...(dueAt === undefined ? {} : { dueAt: iso(dueAt) }),
    ...{ publishedAt: iso(publishedAt), source },
  };
}

/** A report that was made and kept. */
export const KeptReportDocument = z
  .object({
    report: z.string(),
    id: z.string(),
    title: z.string(),
    madeAt: instant('When it was made'),
    from: instant('From when on records count'),
    to: instant('Before when'),
    by: z.enum(['schedule', 'request']),
    dueAt: instant('When its schedule came').optional(),
    formats: z.array(z.enum(REPORT_FORMATS)).describe('What it can be read as.'),
    rows: z.number().int(),
    records: z.number().int().describe('How many are in it.'),
    totals: z.record(z.string(), z.number().nullable()),
    notices: z.array(z.string()),
    error: z.string().optional().describe('Why nothing could be made.'),
  })
  .meta({ id: 'KeptReport' });

/** A report that was made and kept, as the API tells it. */
export function toKeptDocument(made: MadeReport): z.output<typeof KeptReportDocument> {
  const { report, id, title, madeAt, from, to, by, dueAt, formats, rows, counted, totals, notices, error } =
    made;
  return {
    ...{ report, id, title, madeAt: iso(madeAt), from: iso(from), to: iso(to), by },
    ...(dueAt === undefined ? {} : { dueAt: iso(dueAt) }),
    ...{ formats, rows, records: counted },
    totals: Object.fromEntries(totals.map(({ name, value }) => [name, value])),
    notices,
    ...(error === undefined ? {} : { error }),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
