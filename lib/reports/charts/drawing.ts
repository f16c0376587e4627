import type { Html } from '#core/html.ts';

/** A chart as it is drawn in one size, with what its colours stand for. */
export interface Drawing {
  /** What stands within the `svg`. */
  readonly marks: Html;
  readonly legend: readonly LegendEntry[];
  /** Series, slices or rows for which there was no colour. */
  readonly left: number;
}

/** What a colour stands for. */
export interface LegendEntry {
  readonly name: string;
  /** Class of the colour: `c0` and so on, or `h0` of a heat map. */
  readonly colour: string;
  readonly isLine?: boolean;
}
