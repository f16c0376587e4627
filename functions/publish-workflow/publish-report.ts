import * as z from 'zod';
import { publishReportText, reportSource } from '#api/reports.ts';
import type { Clock } from '#core/clock.ts';
import type { Json } from '#core/json.ts';
import type { Table } from '#table/table.ts';

const ReportDocumentSchema = z.object({ report: z.string() });

/** Documents of reports are named `weekly-rollouts.report`; no other document has a dot before its last word. */
export function isReportDocument(document: string): boolean {
  return document.endsWith('.report');
}

/** Publishes a report that has been deployed, as the API does. */
export function createPublishReport(ports: {
  readonly table: Table;
  readonly clock: Clock;
}): (payload: unknown) => Promise<Json> {
  return async (payload) => {
    const { report: text } = ReportDocumentSchema.parse(payload);
    const { name, dueAt } = await publishReportText(ports, reportSource(text));
    return { report: name, dueAt: dueAt ?? null };
  };
}
