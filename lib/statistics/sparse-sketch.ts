import { DDSketch } from '@datadog/sketches-js';

/** Values are told apart by this share of themselves. */
const ACCURACY = 0.02;
/** Smaller values count as this one. */
const LEAST = 1;

/** Where a value belongs, and which value stands for a place: the library's own logarithms. */
const { mapping } = new DDSketch({ relativeAccuracy: ACCURACY });

/** A sketch as it is kept: how many values there are in each place, and what they come to. */
export interface SketchData {
  /** `place:count` in base 36, with spaces between, by place. */
  readonly bins: string;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
}

/**
 * A DDSketch whose places are kept by themselves, so that it takes the room of the values that there were, as text, too: quantiles within
 * two percent, of values from one on (C. Masson et al., "DDSketch: a fast and fully-mergeable quantile sketch with relative-error
 * guarantees", VLDB 2019). Of whole numbers, merged in any order, it is the same to the last digit.
 */
export class SparseSketch {
  readonly #bins = new Map<number, number>();
  #count = 0;
  #sum = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  get sum(): number {
    return this.#sum;
  }

  /** Adds a value. */
  add(value: number): void {
    const place = mapping.key(Math.max(LEAST, value));
    this.#bins.set(place, (this.#bins.get(place) ?? 0) + 1);
    this.#count++;
    this.#sum += value;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  /** Adds all values of another. */
  merge(other: SparseSketch): void {
    for (const [place, count] of other.#bins) this.#bins.set(place, (this.#bins.get(place) ?? 0) + count);
    this.#count += other.#count;
    this.#sum += other.#sum;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  /** The value below which a share (0 to 1) of all is; undefined where there is none. */
  quantile(share: number): number | undefined {
    if (this.#count === 0) return undefined;
    const rank = share * (this.#count - 1);
    let [below, reached] = [0, 0];
    for (const [place, count] of this.#sorted()) {
      reached = place;
      below += count;
      if (below > rank) break;
    }
    return Math.min(this.#max, Math.max(this.#min, mapping.value(reached)));
  }

  /** How many values are greater than one, within the accuracy. */
  countAbove(value: number): number {
    const limit = mapping.key(Math.max(LEAST, value));
    return this.#sorted().reduce((sum, [place, count]) => (place > limit ? sum + count : sum), 0);
  }

  /** As it is kept; undefined where there is no value. */
  save(): SketchData | undefined {
    if (this.#count === 0) return undefined;
    const bins = this.#sorted().map(([place, count]) => `${place.toString(36)}:${count.toString(36)}`);
    return { bins: bins.join(' '), sum: this.#sum, min: this.#min, max: this.#max };
  }

  /** One that was kept. */
  static restore({ bins, sum, min, max }: SketchData): SparseSketch {
    const sketch = new SparseSketch();
    for (const bin of bins.split(' ')) {
      const [place = '', count = ''] = bin.split(':');
      const counted = Number.parseInt(count, 36);
      sketch.#bins.set(Number.parseInt(place, 36), counted);
      sketch.#count += counted;
    }
    sketch.#sum = sum;
    sketch.#min = min;
    sketch.#max = max;
    return sketch;
  }

  #sorted(): readonly (readonly [place: number, count: number])[] {
    return [...this.#bins].sort(([one], [other]) => one - other);
  }
}
