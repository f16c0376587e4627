import type { ReportFile } from '#definition/report/report.ts';
import { chartsOf } from '../charts/chart-data.ts';
import type { Measuring } from './measuring.ts';
import {
  type Cell,
  columnsOf,
  type ReportColumn,
  type ReportNotice,
  type ReportPeriod,
  type ReportResult,
  timezoneOf,
} from './report-result.ts';
import type { ReportTally } from './tally.ts';
import { compareParts } from './time-parts.ts';

/** The report that a tally comes to: its rows in order, and no more of them than it wants. */
export function layOut(
  file: ReportFile,
  tally: ReportTally,
  {
    period,
    madeAt,
    notices = [],
  }: { readonly period: ReportPeriod; readonly madeAt: number; readonly notices?: readonly ReportNotice[] },
): ReportResult {
  const columns = columnsOf(file);
  const isWhole = file.groupBy === undefined;
  // Without groups there is one row, also of no records.
  const groups = isWhole ? [{ cells: [], measures: tally.totals }] : tally.groups;
  const order = orderOf(file, columns);
  const ordered = groups
    .map((group) => ({ group, cells: [...group.cells, ...valuesOf(group.measures)] }))
    .sort((one, other) => order(one.cells, other.cells));
  const { limit = ordered.length } = file;
  const left = ordered.length - limit;
  const cut: readonly ReportNotice[] =
    left > 0 ? [{ kind: 'rows', message: `${left} more rows are left out by the limit of ${limit}` }] : [];
  return {
    ...{ report: file.report, title: file.title ?? file.report, description: file.description },
    ...{ source: file.source, period, timezone: timezoneOf(file), madeAt, columns },
    rows: ordered.slice(0, limit).map(({ cells }) => cells),
    totals: valuesOf(tally.totals),
    charts: chartsOf(file, ordered, tally.budget),
    records: tally.records,
    notices: [...notices, ...tally.notices(), ...cut],
  };
}

function valuesOf(measures: readonly Measuring[]): readonly (number | null)[] {
  return measures.map((one) => rounded(one.value()));
}

type Row = readonly Cell[];

/** By the columns that the file names, then by the groups from the first on. Where nothing stands, it comes last. */
function orderOf(
  { sort = [] }: ReportFile,
  columns: readonly ReportColumn[],
): (one: Row, other: Row) => number {
  const named = sort.flatMap(({ by, order }) => {
    const direction = order === 'descending' ? -1 : 1;
    return columns.flatMap(({ name }, at) => (name === by ? [{ at, direction }] : []));
  });
  const groups = columns.flatMap(({ kind }, at) => (kind === 'group' ? [{ at, direction: 1 }] : []));
  const keys = [...named, ...groups];
  return (one, other) =>
    keys.reduce(
      (found, { at, direction }) =>
        found || compareCells(one[at] ?? null, other[at] ?? null, { column: columns[at], direction }),
      0,
    );
}

function compareCells(
  one: Cell,
  other: Cell,
  { column, direction }: { readonly column: ReportColumn | undefined; readonly direction: number },
): number {
  if (one === other) return 0;
  if (one === null) return 1;
  if (other === null) return -1;
  if (typeof one === 'number' && typeof other === 'number') return direction * (one - other);
  const [left, right] = [String(one), String(other)];
  if (column?.part !== undefined) return direction * compareParts(left, right, column.part);
  return direction * (left < right ? -1 : left > right ? 1 : typeof one < typeof other ? -1 : 1);
}

/** Six digits after the point: more are of rounding. */
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e6) / 1e6;
}
