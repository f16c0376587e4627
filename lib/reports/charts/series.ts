import type { ReportColumn } from '../evaluate/report-result.ts';
import { columnWords } from '../render/words.ts';
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
      const name = nameOf(point.series, column, { ofSeries: series !== undefined, ofMany: ys.length > 1 });
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
  value: Parameters<typeof placeOf>[0],
  column: ReportColumn,
  { ofSeries, ofMany }: { readonly ofSeries: boolean; readonly ofMany: boolean },
): string {
  if (!ofSeries) return columnWords(column);
  return ofMany ? `${placeOf(value)}, ${columnWords(column).toLowerCase()}` : placeOf(value);
}

function weightOf({ values }: Series): number {
  let sum = 0;
  for (const value of values.values()) sum += Math.abs(value);
  return sum;
}
