import { Html, html } from '#core/html.ts';
import { REPORT_SOURCES } from '#definition/report/fields.ts';
import { chartFigure } from '../charts/draw-chart.ts';
import type { Cell, ReportColumn, ReportResult } from '../evaluate/report-result.ts';
import { REPORT_POLICY, REPORT_STYLE } from './style.ts';
import { cellWords, columnWords, countWords, momentWords, periodWords } from './words.ts';

/** More rows are no page any more; CSV and JSON have them all. */
const MOST_ROWS = 2_000;

/**
 * A report as one HTML file that needs nothing else: no scripts, no addresses, all that comes from records escaped. It is read on screens
 * and phones, by day and by night, and printed on paper of any format, with the heads of the table on each sheet.
 */
export function reportPage(result: ReportResult): string {
  const { title, description, period, timezone, charts } = result;
  // That a report has a limit is meant so, and is told below its table.
  const warnings = result.notices.filter(({ kind }) => kind !== 'rows');
  const { text } = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${REPORT_POLICY}">
<meta name="referrer" content="no-referrer">
<title>${title} · Stepwright</title>
<style>${new Html(REPORT_STYLE)}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p class="period">${periodWords(period, timezone)}</p>
${description === undefined ? [] : [html`<p class="about">${description}</p>`]}
${warnings.map(({ message }) => html`<p class="notice" role="note">${message}</p>`)}
${figures(result)}
${charts.map((chart, at) => chartFigure(chart, `chart-${at + 1}`, timezone))}
${table(result)}
${footer(result)}
</main>
</body>
</html>
`;
  return text;
}

/** What all records come to. */
function figures({ columns, totals, rows, charts }: ReportResult): Html {
  const measures = columns.filter(({ kind }) => kind === 'measure');
  // A table of one row says the same.
  if (measures.length === columns.length && rows.length === 1 && charts.length === 0) return html``;
  return html`<ul class="figures">${measures.map(
    (column, at) =>
      html`<li><b>${cellWords(totals[at] ?? null, column)}</b><span>${columnWords(column)}</span></li>`,
  )}</ul>`;
}

function table({ columns, rows, totals, notices }: ReportResult): Html {
  if (rows.length === 0) return html`<p class="none">There are no records in this period.</p>`;
  const groups = columns.filter(({ kind }) => kind === 'group').length;
  const left = rows.length - MOST_ROWS;
  const heads = columns.map((column) => html`<th scope="col"${numeric(column)}>${columnWords(column)}</th>`);
  const lines = rows.slice(0, MOST_ROWS).map(
    (row) => html`<tr>${columns.map((column, at) => cell(row[at] ?? null, column))}</tr>
`,
  );
  return html`<h2>All figures</h2>
<div class="wide-table" role="region" aria-label="All figures" tabindex="0"><table>
<thead><tr>${heads}</tr></thead>
<tbody>
${lines}</tbody>${groups === 0 || rows.length === 1 ? [] : [totalLine(columns, totals)]}
</table></div>
${notices.filter(({ kind }) => kind === 'rows').map(({ message }) => html`<p class="note">${message}.</p>`)}
${left > 0 ? [html`<p class="note">${countWords(left, 'more row')} are in the report as CSV and JSON.</p>`] : []}`;
}

function totalLine(columns: readonly ReportColumn[], totals: ReportResult['totals']): Html {
  const measures = columns.filter(({ kind }) => kind === 'measure');
  const cells = measures.map(
    (column, at) => html`<td class="number">${cellWords(totals[at] ?? null, column)}</td>`,
  );
  return html`
<tfoot><tr><th scope="row" colspan="${columns.length - measures.length}">All records</th>${cells}</tr></tfoot>`;
}

function cell(value: Cell, column: ReportColumn): Html {
  const words = cellWords(value, column);
  return column.kind === 'group'
    ? html`<th scope="row"${column.part === undefined ? '' : html` class="time"`}>${words}</th>`
    : html`<td class="number">${words}</td>`;
}

function numeric({ kind }: ReportColumn): Html {
  return kind === 'measure' ? html` class="number"` : html``;
}

function footer({ report, source, records, madeAt, timezone }: ReportResult): Html {
  const { period } = REPORT_SOURCES[source];
  return html`<footer>
<p>Of ${countWords(records.read, 'record')} read, ${countWords(records.counted, 'record')} count: ${period}.</p>
<p>Made by Stepwright on ${momentWords(madeAt, timezone)} (${timezone}), report <code>${report}</code>.</p>
</footer>`;
}
