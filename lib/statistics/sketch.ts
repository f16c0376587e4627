import { DDSketch } from '@datadog/sketches-js';
import * as z from 'zod';

/** Values are told apart by this share of themselves. */
const ACCURACY = 0.01;

/**
 * Values of which quantiles are known within one percent, in little memory (C. Masson et al., "DDSketch: a fast
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

/** A sketch as JSON: how many values each of its bins has, and what is known of all. */
export const SavedSketchSchema = z.object({
  bins: z.array(z.tuple([z.number().int(), z.number()])),
  zeros: z.number(),
  count: z.number(),
  sum: z.number(),
  min: z.number(),
  max: z.number(),
});

/** A sketch as JSON. */
export type SavedSketch = z.infer<typeof SavedSketchSchema>;

/** A sketch that holds something, and nothing below nought, as JSON. */
export function saveSketch({ store, zeroCount: zeros, count, sum, min, max }: Sketch): SavedSketch {
  const { bins, offset } = store;
  const filled = bins.flatMap((values, at): [number, number][] =>
    values > 0 ? [[at + offset, values]] : [],
  );
  return { bins: filled, zeros, count, sum, min, max };
}

/** The sketch that was saved. */
export function sketchOf({ bins, zeros, count, sum, min, max }: SavedSketch): Sketch {
  const sketch = newSketch();
  for (const [key, values] of bins) sketch.store.add(key, values);
  return Object.assign(sketch, { zeroCount: zeros, count, sum, min, max });
}
