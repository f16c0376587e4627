import type { ReportResult } from '../evaluate/report-result.ts';
import { CSV_TYPE, reportCsv } from './csv.ts';
import type { ReportFormat } from './formats.ts';
import { reportDocument } from './json.ts';
import { reportPage } from './page.ts';

/** Media type of each format. */
export const MEDIA_TYPES: Readonly<Record<ReportFormat, string>> = {
  html: 'text/html; charset=utf-8',
  csv: CSV_TYPE,
  json: 'application/json',
};

/** A report as the text of a file. */
export function renderReport(result: ReportResult, format: ReportFormat): string {
  return RENDER[format](result);
}

const RENDER: Readonly<Record<ReportFormat, (result: ReportResult) => string>> = {
  html: reportPage,
  csv: reportCsv,
  json: (result) => `${JSON.stringify(reportDocument(result), undefined, 2)}\n`,
};
