/** Values are told apart by this share of themselves. */
const ACCURACY = 0.01;
const GAMMA = (1 + ACCURACY) / (1 - ACCURACY);
const LOG_GAMMA = Math.log(GAMMA);
/** Smaller ones count as 0. */
const SMALLEST = 1e-6;

/**
 * Values that are not negative, of which quantiles are known within one percent, in little memory. Counts by buckets whose bounds
 * grow by a fixed factor (C. Masson et al., "DDSketch: a fast and fully-mergeable quantile sketch", VLDB 2019).
 */
export class ValueSketch {
  readonly #buckets = new Map<number, number>();
  count = 0;
  sum = 0;

  /** Adds a value. */
  add(value: number): void {
    const bucket = value < SMALLEST ? Number.NEGATIVE_INFINITY : Math.ceil(Math.log(value) / LOG_GAMMA);
    this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + 1);
    this.count += 1;
    this.sum += value;
  }

  /** Adds all values of another. */
  merge(other: ValueSketch): void {
    for (const [bucket, count] of other.#buckets)
      this.#buckets.set(bucket, (this.#buckets.get(bucket) ?? 0) + count);
    this.count += other.count;
    this.sum += other.sum;
  }

  /** The mean; undefined where there is no value. */
  get mean(): number | undefined {
    return this.count === 0 ? undefined : this.sum / this.count;
  }

  /** The least value that is not below so great a share of them (0 to 1); undefined where there is none. */
  quantile(share: number): number | undefined {
    if (this.count === 0) return undefined;
    const wanted = Math.max(1, Math.ceil(share * this.count));
    let seen = 0;
    for (const [bucket, count] of [...this.#buckets].sort(([one], [other]) => one - other)) {
      seen += count;
      if (seen >= wanted) return bucketValue(bucket);
    }
    return undefined;
  }
}

function bucketValue(bucket: number): number {
  return bucket === Number.NEGATIVE_INFINITY ? 0 : (2 * GAMMA ** bucket) / (GAMMA + 1);
}
