import type { Chart } from '#definition/report/chart.ts';
import type { ReportFile } from '#definition/report/report.ts';
import type { DistinctBudget } from '../evaluate/limits.ts';
import { measuringOf } from '../evaluate/measuring.ts';
import { type Cell, columnsOf, type ReportColumn } from '../evaluate/report-result.ts';
import type { TalliedGroup } from '../evaluate/tally.ts';

/** One mark of a chart, with a value for each column that is drawn. */
export interface ChartPoint {
  readonly x: Cell;
  readonly series: Cell;
  readonly values: readonly (number | null)[];
}

/** A chart with what it shows. */
export interface ChartData {
  readonly chart: Chart;
  readonly x: ReportColumn;
  readonly series: ReportColumn | undefined;
  readonly ys: readonly [ReportColumn, ...ReportColumn[]];
  /** Of each x and series one, in the order of the rows. */
  readonly points: readonly ChartPoint[];
}

/** What the charts of a report show. Its rows are in order, with the groups that they were made of. */
export function chartsOf(
  file: ReportFile,
  rows: readonly { readonly cells: readonly Cell[]; readonly group: TalliedGroup }[],
  budget: DistinctBudget,
): readonly ChartData[] {
  const columns = columnsOf(file);
  return (file.charts ?? []).flatMap((chart) => {
    const find = (name: string | undefined) => columns.find((column) => column.name === name);
    const names = typeof chart.y === 'string' ? [chart.y] : chart.y;
    const drawn = names.flatMap((name) => find(name) ?? []).filter(({ kind }) => kind === 'measure');
    const [first, ...others] = drawn;
    const x = find(chart.x);
    const series = find(chart.series);
    if (x === undefined || first === undefined) return [];
    const data: Drawn = { chart, x, series, ys: [first, ...others] };
    const isOfRows = x.kind === 'measure' || series?.kind === 'measure';
    const points = isOfRows
      ? rowPoints(rows, columns, data)
      : mergedPoints(file, rows, { ...data, columns, budget });
    return [{ ...data, points }];
  });
}

type Drawn = Omit<ChartData, 'points'>;

function rowPoints(
  rows: readonly { readonly cells: readonly Cell[] }[],
  columns: readonly ReportColumn[],
  { x, series, ys }: Drawn,
): readonly ChartPoint[] {
  const cell = (cells: readonly Cell[], column: ReportColumn | undefined): Cell =>
    column === undefined ? null : (cells[columns.indexOf(column)] ?? null);
  return rows.map(({ cells }) => ({
    x: cell(cells, x),
    series: cell(cells, series),
    values: ys.map((column) => numberOf(cell(cells, column))),
  }));
}

function numberOf(cell: Cell): number | null {
  return typeof cell === 'number' ? cell : null;
}

/** Rows that differ only in columns which the chart does not show are one mark: their measures are merged, not added up. */
function mergedPoints(
  file: ReportFile,
  rows: readonly { readonly cells: readonly Cell[]; readonly group: TalliedGroup }[],
  { x, series, ys, columns, budget }: Drawn & { columns: readonly ReportColumn[]; budget: DistinctBudget },
): readonly ChartPoint[] {
  const groups = columns.filter(({ kind }) => kind === 'group').length;
  const measures = Object.values(file.measures);
  const merged = new Map<string, { x: Cell; series: Cell; reckoned: ReturnType<typeof measuringOf>[] }>();
  for (const { group } of rows) {
    const at = group.cells[columns.indexOf(x)] ?? null;
    const of = series === undefined ? null : (group.cells[columns.indexOf(series)] ?? null);
    const key = JSON.stringify([at, of]);
    const known = merged.get(key) ?? {
      ...{ x: at, series: of },
      reckoned: measures.map((measure) => measuringOf(measure, budget)),
    };
    merged.set(key, known);
    for (const [index, same] of group.measures.entries()) known.reckoned[index]?.merge(same);
  }
  return [...merged.values()].map(({ reckoned, ...point }) => ({
    ...point,
    values: ys.map((column) => reckoned[columns.indexOf(column) - groups]?.value() ?? null),
  }));
}
