import type { Cell, ReportColumn } from '../evaluate/report-result.ts';
import { cellWords, columnWords } from '../render/words.ts';
import type { ChartData } from './chart-data.ts';
import { placeOf } from './scales.ts';

/** One line, or one colour of bars: a value for each place along the axis. */
export interface Series {
  readonly name: string;
  readonly column: ReportColumn;
  readonly values: ReadonlyMap<string, number>;
}

/** So many colours are told apart. */
export const MOST_SERIES = 8;

/** The series of a chart, and how many there was no colour for. Of many, those with the most are drawn. */
export function seriesOf({ points, ys, series }: ChartData): {
  readonly drawn: readonly Series[];
  readonly left: number;
} {
  const all = new Map<string, { name: string; column: ReportColumn; values: Map<string, number> }>();
  for (const point of points) {
    for (const [at, column] of ys.entries()) {
      const value = point.values[at] ?? null;
      if (value === null) continue;
      const name = nameOf(point.series, column, { series, ofMany: ys.length > 1 });
      const known = all.get(name) ?? { name, column, values: new Map<string, number>() };
      all.set(name, known);
      known.values.set(placeOf(point.x), value);
    }
  }
  const found = [...all.values()];
  if (found.length <= MOST_SERIES) return { drawn: found, left: 0 };
  const most = found.toSorted((one, other) => weightOf(other) - weightOf(one)).slice(0, MOST_SERIES);
  return { drawn: found.filter((one) => most.includes(one)), left: found.length - MOST_SERIES };
}

function nameOf(
  value: Cell,
  column: ReportColumn,
  { series, ofMany }: { readonly series: ReportColumn | undefined; readonly ofMany: boolean },
): string {
  if (series === undefined) return columnWords(column);
  const words = cellWords(value, series);
  return ofMany ? `${words}, ${columnWords(column).toLowerCase()}` : words;
}

function weightOf({ values }: Series): number {
  let sum = 0;
  for (const value of values.values()) sum += Math.abs(value);
  return sum;
}
