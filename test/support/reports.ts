import type { JsonObject } from '#core/json.ts';
import { type ReportFile, ReportFileSchema } from '#definition/report/report.ts';
import { layOut } from '#reports/evaluate/lay-out.ts';
import { REPORT_LIMITS, type ReportLimits } from '#reports/evaluate/limits.ts';
import type { ReportResult } from '#reports/evaluate/report-result.ts';
import { ReportTally } from '#reports/evaluate/tally.ts';

/** Where time stands in tests of reports: a Thursday. */
export const NOW = Date.UTC(2026, 10, 26, 12);

/** A report of executions by its fields after the source. */
export function reportFile(fields: JsonObject): ReportFile {
  return ReportFileSchema.parse({ stepwright: 1, report: 'r', source: 'executions', ...fields });
}

/** Records sorted into the rows of a report. */
export async function tallied(
  file: ReportFile,
  records: readonly JsonObject[],
  limits: ReportLimits = REPORT_LIMITS,
): Promise<ReportTally> {
  const tally = new ReportTally(file, limits);
  for (const record of records) await tally.take(record);
  return tally;
}

/** A report of records. */
export async function reported(
  fields: JsonObject,
  records: readonly JsonObject[],
  limits: Partial<ReportLimits> = {},
): Promise<ReportResult> {
  const file = reportFile(fields);
  const tally = await tallied(file, records, { ...REPORT_LIMITS, ...limits });
  return layOut(file, tally, { period: { from: NOW - 7 * 86_400_000, to: NOW }, madeAt: NOW });
}
