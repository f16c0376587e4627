import type { ReportDocument } from '#reports/render/json.ts';
import { cellWords, columnWords, countWords, periodWords } from '#reports/render/words.ts';
import { type Column, tableLines } from '../print-table.ts';
import type { Terminal } from '../terminal.ts';
import { hanging, padStart } from '../text-layout.ts';
import { tableStyle } from '../workflows/print-words.ts';

/** More rows are no reading on a terminal. */
const MOST_ROWS = 200;

/** A report for a terminal: its table with the totals, and what there is to know of it. */
export function reportLines(report: ReportDocument, terminal: Terminal): readonly string[] {
  const { title, from, to, timezone, rows, records, notices } = report;
  const { paint, columns: width } = terminal;
  const period = periodWords({ from: Date.parse(from), to: Date.parse(to) }, timezone);
  const left = rows.length - MOST_ROWS;
  return [
    paint.bold(title),
    paint.dim(period),
    ...(rows.length === 0 ? ['There are no records in this period.'] : tableOf(report, terminal)),
    ...(left > 0 ? [paint.dim(`${countWords(left, 'more row')}: --format csv or html has them all`)] : []),
    paint.dim(`${countWords(records.counted, 'record')} of ${records.read.toLocaleString('en')} read`),
    ...notices.map(({ message }) => paint.yellow(hanging('note: ', message, width))),
  ];
}

type Row = readonly string[];

function tableOf({ columns, rows, totals }: ReportDocument, terminal: Terminal): readonly string[] {
  const told: Row[] = rows
    .slice(0, MOST_ROWS)
    .map((row) => columns.map((column, at) => cellWords(row[at] ?? null, column)));
  const groups = columns.filter(({ kind }) => kind === 'group').length;
  if (groups > 0 && rows.length > 1)
    told.push(
      columns.map((column, at) =>
        at < groups ? (at === 0 ? 'All' : '') : cellWords(totals[column.name] ?? null, column),
      ),
    );
  const laid = columns.map((column, at): Column<Row> => {
    const title = columnWords(column).toUpperCase();
    const text = (row: Row): string => String(row[at]);
    if (column.kind === 'group') return { title, text };
    const widest = Math.max(title.length, ...told.map((row) => text(row).length));
    return { title: padStart(title, widest), text: (row) => padStart(text(row), widest) };
  });
  return tableLines(told, laid, tableStyle(terminal));
}
