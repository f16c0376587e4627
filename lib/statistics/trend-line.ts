import { median } from './robust.ts';

/** How values grow, from one to the next. */
export interface TrendLine {
  readonly slope: number;
  /** Between these the slope is, with 90 % certainty. */
  readonly low: number;
  readonly high: number;
}

/** A value that is to come, with the interval that holds it 80 times of a hundred. */
export interface Forecast {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** Of longer series, only the last values count: all pairs are looked at. */
const LONGEST = 180;
/** For the normal quantile of 95 %. */
const Z90 = 1.645;

/**
 * The median of the slopes of all pairs of values (P. K. Sen, "Estimates of the regression coefficient based on Kendall's tau", JASA 63, 1968),
 * which some odd values do not move, with its interval by the variance of Kendall's tau. Undefined for fewer than eight values.
 */
export function trendLine(values: readonly number[]): TrendLine | undefined {
  const series = values.slice(-LONGEST);
  const n = series.length;
  if (n < 8) return undefined;
  const slopes: number[] = [];
  for (let one = 0; one < n; one++)
    for (let other = one + 1; other < n; other++)
      slopes.push(((series[other] ?? 0) - (series[one] ?? 0)) / (other - one));
  slopes.sort((one, other) => one - other);
  const spread = Z90 * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const at = (place: number): number =>
    slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(place)))] ?? 0;
  return {
    slope: median(slopes),
    low: at((slopes.length - spread) / 2),
    high: at((slopes.length + spread) / 2),
  };
}

/**
 * What is to come: the line through the medians, with what each place of the season is usually off it; the interval is what the values
 * before were off that themselves, and widens as the slope is uncertain. Undefined for fewer values than two seasons, or eight.
 */
export function forecast(
  values: readonly number[],
  season: number,
  ahead: number,
): readonly Forecast[] | undefined {
  const series = values.slice(-LONGEST);
  const line = trendLine(series);
  if (line === undefined || series.length < 2 * season) return undefined;
  const middle = (series.length - 1) / 2;
  const level = median(series.map((value, at) => value - line.slope * (at - middle)));
  const onLine = (at: number): number => level + line.slope * (at - middle);
  const offs = Array.from({ length: season }, (_, place) =>
    median(series.flatMap((value, at) => (at % season === place ? [value - onLine(at)] : []))),
  );
  const rest = series
    .map((value, at) => value - onLine(at) - (offs[at % season] ?? 0))
    .sort((one, other) => one - other);
  const [low, high] = [rest[Math.floor(0.1 * rest.length)] ?? 0, rest[Math.ceil(0.9 * rest.length) - 1] ?? 0];
  return Array.from({ length: ahead }, (_, step) => {
    const at = series.length + step;
    const value = onLine(at) + (offs[at % season] ?? 0);
    const far = at - middle;
    return {
      value: Math.max(0, value),
      low: Math.max(0, value + low + (line.low - line.slope) * far),
      high: Math.max(0, value + high + (line.high - line.slope) * far),
    };
  });
}
