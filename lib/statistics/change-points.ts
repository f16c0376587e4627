import { median } from './robust.ts';

/** Where the level of a series changes. */
export interface ChangePoint {
  /** Place of the first value of the new level. */
  readonly at: number;
  /** Medians of what is before, back to the change before, and of what comes after, up to the next. */
  readonly before: number;
  readonly after: number;
}

/** A level lasts so many values at least. */
const SHORTEST = 5;
/** Longer series are not looked at: it takes time by the square of their length. */
export const LONGEST_SERIES = 800;
/** How many times the logarithm of the length a change has to explain, in units of the noise. */
const PENALTY = 3;
/** Of Laplace noise, the mean absolute deviation is so many times the median of the absolute differences of neighbours. */
const DIFFERENCES_TO_NOISE = 0.87;

/**
 * Where the level of a series changes: the division into levels for which the absolute deviations from the median of each level, in units of
 * the noise, with a penalty for each change, come to the least; found exactly, by optimal partitioning (B. Jackson et al., "An algorithm for
 * optimal partitioning of data on an interval", IEEE Signal Processing Letters 12, 2005). By medians, single odd values are no change.
 * The noise is taken from the differences of neighbours, which a change of level does not touch.
 */
export function changePoints(values: readonly number[]): readonly ChangePoint[] {
  const series = values.slice(-LONGEST_SERIES);
  const offset = values.length - series.length;
  if (series.length < 2 * SHORTEST) return [];
  const starts = bestStarts(series, noiseOf(series));
  const bounds = [series.length];
  for (let end = series.length; end > 0; ) {
    end = starts[end] ?? 0;
    bounds.unshift(end);
  }
  return bounds.slice(1, -1).map((at, index) => ({
    at: at + offset,
    before: median(series.slice(bounds[index], at)),
    after: median(series.slice(at, bounds[index + 2])),
  }));
}

/** For each end, where the last level before it begins. */
function bestStarts(series: readonly number[], noise: number): readonly number[] {
  const penalty = PENALTY * Math.log(series.length) * noise;
  const best: number[] = [-penalty];
  const starts: number[] = [0];
  for (let start = 0; start <= series.length - SHORTEST; start++) {
    const base = best[start];
    if (base === undefined) continue;
    const level = new Level();
    for (let end = start + 1; end <= series.length; end++) {
      level.add(series[end - 1] ?? 0);
      if (end - start < SHORTEST) continue;
      const cost = base + level.deviation + penalty;
      if (cost < (best[end] ?? Number.POSITIVE_INFINITY)) {
        best[end] = cost;
        starts[end] = start;
      }
    }
  }
  return starts;
}

/** The sum of the absolute deviations from the median, as values come. */
class Level {
  readonly #sorted: number[] = [];
  #deviation = 0;

  get deviation(): number {
    return this.#deviation;
  }

  /** What comes adds how far it is from the middle before: from the nearer of two, where there are two. */
  add(value: number): void {
    const sorted = this.#sorted;
    const half = sorted.length >> 1;
    const upper = sorted[half];
    if (upper !== undefined) {
      const lower = sorted.length % 2 === 1 ? upper : (sorted[half - 1] ?? upper);
      this.#deviation += Math.max(0, lower - value, value - upper);
    }
    let [from, to] = [0, sorted.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((sorted[middle] ?? 0) < value) from = middle + 1;
      else to = middle;
    }
    sorted.splice(from, 0, value);
  }
}

/** Where nearly all is the same, a small share of the level counts as noise. */
function noiseOf(series: readonly number[]): number {
  const differences = series.slice(1).map((value, at) => Math.abs(value - (series[at] ?? value)));
  const least = 0.02 * Math.abs(median(series));
  return Math.max(DIFFERENCES_TO_NOISE * median(differences), least, Number.EPSILON);
}
