import { changePoints } from '#statistics/change-points.ts';
import { median } from '#statistics/robust.ts';
import { type Season, usualOf } from '#statistics/seasonal.ts';
import type { Table } from '#table/table.ts';
import type { Period } from '../read-log.ts';
import type { Cell } from '../rollups/cell.ts';
import { SPANS, type Span, startOf } from '../rollups/cube.ts';
import { ALL, type Dimension } from '../rollups/facts.ts';
import { MEASURES, type MeasureName } from './measures.ts';
import { cellSeries, type Reach, reachOf } from './read-rollups.ts';

/** What is asked for over time. */
export interface TrendQuery extends Period {
  readonly measure: MeasureName;
  readonly by: Span;
  /** Only of one value of a dimension. */
  readonly of?: { readonly dimension: Dimension; readonly value: string } | undefined;
}

/** A measure over time. Times in ms since the epoch. */
export interface Trend extends Period, Reach {
  readonly measure: MeasureName;
  readonly unit: string;
  readonly by: Span;
  readonly points: readonly TrendPoint[];
  readonly changes: readonly { readonly at: number; readonly before: number; readonly after: number }[];
  /** How many hours or days have a value. */
  readonly known: number;
}

/** One hour or day. */
export interface TrendPoint {
  readonly at: number;
  readonly value?: number;
  readonly usual?: number;
  readonly deviations?: number;
  /** Whether it is so far from what is usual that few are by chance. */
  readonly isAnomaly: boolean;
}

/** Robust standard deviations from which on a value is an anomaly: of a normal distribution, one of 16,000. */
const ANOMALY = 4;
/** Hour of the week, else hour of the day; day of the week. */
const SEASONS: Readonly<Record<Span, readonly Season[]>> = {
  hour: [
    { every: 168, least: 3 },
    { every: 24, least: 5 },
  ],
  day: [{ every: 7, least: 3 }],
};
/** So far back it is looked for what is usual, in ms. */
const WEEK = 7;
const LOOK_BACK_MS = 56 * SPANS.day;

/** A measure over time, with what is usual, what is not, and where its level has changed. */
export async function trendOf(table: Table, { measure, by, of, from, to }: TrendQuery): Promise<Trend> {
  const { family, unit, of: read } = MEASURES[measure];
  const { dimension, value } = of ?? { dimension: 'all', value: ALL };
  const begin = startOf(by, from);
  const first = begin - LOOK_BACK_MS;
  const cells = await cellSeries(table, { by, family, dimension, from: first, to }, value);
  const isSum = unit === 'count' || unit === 'dollars' || unit === 'mean';
  const known = cells.findIndex((cell) => cell !== undefined);
  const values = cells.map((cell, at) =>
    numberOf(cell, { isSum: isSum && known >= 0 && at >= known, by, read }),
  );
  const usual = usualOf(values, SEASONS[by], unit === 'count');
  const skipped = (begin - first) / SPANS[by];
  /** An hour or day that still goes on has less than it will. */
  const isOver = (at: number): boolean => begin + (at + 1) * SPANS[by] <= to;
  const points = values.slice(skipped).map((each, at): TrendPoint => {
    const expected = usual[at + skipped];
    return {
      at: begin + at * SPANS[by],
      ...(each === undefined ? {} : { value: each }),
      ...(expected === undefined ? {} : expected),
      isAnomaly: each !== undefined && isOver(at) && Math.abs(expected?.deviations ?? 0) >= ANOMALY,
    };
  });
  const changes = by === 'day' ? changesOf(points.filter((_point, at) => isOver(at))) : [];
  return {
    ...{ measure, unit, by, from: begin, to, points, changes },
    ...{ known: points.filter((point) => point.value !== undefined).length, ...(await reachOf(table)) },
  };
}

/** Where nothing was counted, a sum is nought, once there is something. */
function numberOf(
  cell: Cell | undefined,
  {
    isSum,
    by,
    read,
  }: { readonly isSum: boolean; readonly by: Span; read(cell: Cell, by: Span): number | undefined },
): number | undefined {
  return cell === undefined ? (isSum ? 0 : undefined) : read(cell, by);
}

/** What each day of the week is usually off the whole is taken out first, of four weeks and more: it is no change. */
function changesOf(points: readonly TrendPoint[]): Trend['changes'] {
  const known = points.filter((point) => point.value !== undefined);
  const values = known.map(({ value = 0 }) => value);
  const found = changePoints(values.length < 4 * WEEK ? values : withoutWeek(known));
  return found.map(({ at }, index) => {
    const level = (from: number, to: number | undefined): number => median(values.slice(from, to));
    return {
      at: known[at]?.at ?? 0,
      before: level(found[index - 1]?.at ?? 0, at),
      after: level(at, found[index + 1]?.at),
    };
  });
}

function withoutWeek(points: readonly TrendPoint[]): readonly number[] {
  const whole = median(points.map(({ value = 0 }) => value));
  const weekdays = Map.groupBy(points, weekdayOf);
  const usual = new Map(
    [...weekdays].map(([day, own]) => [day, median(own.map(({ value = 0 }) => value))] as const),
  );
  return points.map((point) => (point.value ?? 0) - (usual.get(weekdayOf(point)) ?? whole) + whole);
}

function weekdayOf({ at }: TrendPoint): number {
  return Math.floor(at / SPANS.day) % WEEK;
}
