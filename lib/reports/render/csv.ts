import type { Cell, ReportResult } from '../evaluate/report-result.ts';

/** Media type of a report as CSV. */
export const CSV_TYPE = 'text/csv; charset=utf-8; header=present';

/**
 * A report as CSV (RFC 4180): a line of names, then one for each row. Numbers stand as they are, durations in ms and shares as parts of 1.
 * A text by which a spreadsheet would begin a formula has an apostrophe before it (OWASP, "CSV Injection").
 */
export function reportCsv({ columns, rows }: ReportResult): string {
  const lines = [columns.map(({ name }) => name), ...rows].map((row) => row.map(field).join(','));
  return `${lines.join('\r\n')}\r\n`;
}

const FORMULA = /^[=+\-@\t\r\n]/;
const QUOTED = /[",\r\n]/;

function field(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell !== 'string') return String(cell);
  const text = FORMULA.test(cell) ? `'${cell}` : cell;
  return QUOTED.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}
