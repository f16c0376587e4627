import * as z from 'zod';
import type { Clock } from '#core/clock.ts';
import { nextTime } from '#core/cron.ts';
import { StepwrightError } from '#core/error.ts';
import { type ReportFile, ReportFileSchema } from '#definition/report/report.ts';
import { Source } from '#definition/source.ts';
import { reportKeys } from '#table/report-keys.ts';
import { ConditionFailed, type Item, type Table } from '#table/table.ts';

const StandingSchema = z.object({
  name: z.string(),
  source: z.string(),
  /** ms since the epoch. */
  publishedAt: z.number(),
  /** When its schedule comes next, or has come and nothing was made yet; undefined of one without schedule. */
  dueAt: z.number().exactOptional(),
  /** How often making what is due has failed, and when it is tried again. */
  tries: z.number().int().exactOptional(),
  retryAt: z.number().exactOptional(),
  revision: z.number().int(),
});

/** A report as it is published, with when it is due. */
export interface PublishedReport extends z.infer<typeof StandingSchema> {
  readonly file: ReportFile;
}

/** Items of DynamoDB have 400 KB; ours leave some for the rest. */
const MAX_SOURCE_BYTES = 380_000;

/**
 * Publishes a report that is valid, in the place of the one before. The same again changes nothing, and while the schedule stays the same,
 * what is due stays due. Throws SW4022.
 */
export async function publishReport(
  { table, clock }: { readonly table: Table; readonly clock: Clock },
  { text, file }: { readonly text: string; readonly file: ReportFile },
): Promise<PublishedReport> {
  if (Buffer.byteLength(text) > MAX_SOURCE_BYTES) throw tooLong(file.report);
  for (;;) {
    const known = await findReport(table, file.report);
    if (known?.source === text) return known;
    const now = Math.floor(clock.now());
    const isSame = JSON.stringify(known?.file.schedule) === JSON.stringify(file.schedule);
    const dueAt = isSame ? known?.dueAt : file.schedule && nextTime(file.schedule, now);
    const next = {
      ...{ name: file.report, source: text, publishedAt: now, revision: (known?.revision ?? 0) + 1, file },
      ...(dueAt === undefined ? {} : { dueAt }),
    };
    if (await writeReport(table, next, known)) return next;
  }
}

/** Writes a report that was made of the one before; false where somebody else has written meanwhile. */
export async function writeReport(
  table: Table,
  { file: _file, ...report }: PublishedReport,
  before: PublishedReport | undefined,
): Promise<boolean> {
  const { name, dueAt, retryAt } = report;
  const due = dueAt === undefined ? {} : reportKeys.byDue(retryAt ?? dueAt, name);
  const item = { ...reportKeys.meta(name), gsi1pk: reportKeys.all, gsi1sk: name, ...due, ...report };
  const condition =
    before === undefined ? { exists: false } : ({ attribute: 'revision', equals: before.revision } as const);
  try {
    await table.put(item, condition);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}

function tooLong(name: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4022',
    kind: 'invalid',
    message: `the report "${name}" is longer than ${MAX_SOURCE_BYTES} bytes`,
    hint: 'make several reports of it',
  });
}

/** A report, or undefined where there is none. */
export async function findReport(table: Table, name: string): Promise<PublishedReport | undefined> {
  const item = await table.get(reportKeys.meta(name));
  return item === undefined ? undefined : fromItem(item);
}

/** A report. Throws SW4221. */
export async function getReport(table: Table, name: string): Promise<PublishedReport> {
  const found = await findReport(table, name);
  if (found !== undefined) return found;
  throw new StepwrightError({
    code: 'SW4221',
    kind: 'not-found',
    message: `there is no report "${name}"`,
    hint: 'GET /v1/reports lists those that are published',
  });
}

/** One page of all reports, by name. */
export async function listReports(
  table: Table,
  page: { readonly limit?: number; readonly cursor?: string },
): Promise<{ readonly reports: readonly PublishedReport[]; readonly cursor?: string }> {
  const { items, cursor } = await table.query({ index: 'gsi1', partition: reportKeys.all, ...page });
  return { reports: items.map(fromItem), ...(cursor === undefined ? {} : { cursor }) };
}

/** Names of the reports that are due, or were to be tried again, by then; those that are longest first. */
export async function dueReports(table: Table, now: number, limit: number): Promise<readonly string[]> {
  const { items } = await table.query({ index: 'gsi2', partition: reportKeys.due, limit });
  return items
    .map(fromItem)
    .flatMap(({ name, dueAt = now, retryAt = dueAt }) => (retryAt <= now ? [name] : []));
}

/** Takes a report away; what was made of it stays for its time. Throws SW4221. */
export async function deleteReport(table: Table, name: string): Promise<PublishedReport> {
  const report = await getReport(table, name);
  await table.delete(reportKeys.meta(name));
  return report;
}

function fromItem(item: Item): PublishedReport {
  const standing = StandingSchema.parse(item);
  const source = Source.parse(`reports/${standing.name}.yaml`, standing.source);
  return { ...standing, file: ReportFileSchema.parse(source.value) };
}
