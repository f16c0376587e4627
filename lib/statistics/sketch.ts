import { DDSketch } from '@datadog/sketches-js';

/** Values are told apart by this share of themselves. */
const ACCURACY = 0.01;

/**
 * Values that are not negative, of which quantiles are known within one percent, in little memory (C. Masson et al., "DDSketch: a fast
 * and fully-mergeable quantile sketch with relative-error guarantees", VLDB 2019).
 */
export type Sketch = DDSketch;

/** One that holds nothing yet. */
export function newSketch(): Sketch {
  return new DDSketch({ relativeAccuracy: ACCURACY });
}

/** Adds a value, where there is a sketch to add it to. */
export function addValue(sketch: Sketch | undefined, value: number): void {
  sketch?.accept(value);
}

/** All values of some sketches. */
export function merged(sketches: Iterable<Sketch>): Sketch {
  const all = newSketch();
  for (const sketch of sketches) all.merge(sketch);
  return all;
}

/** A quantile (0 to 1) of the values, or their mean; undefined where there are none. */
export function quantileOf(sketch: Sketch, quantile: number | undefined): number | undefined {
  if (sketch.count === 0) return undefined;
  return quantile === undefined ? sketch.sum / sketch.count : sketch.getValueAtQuantile(quantile);
}
