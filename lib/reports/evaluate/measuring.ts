import type { Json } from '#core/json.ts';
import type { Measure } from '#definition/report/measure.ts';
import { addValue, newSketch, quantileOf } from '#statistics/sketch.ts';
import { fieldOf, type ReportRecord } from '../record.ts';
import type { DistinctBudget } from './limits.ts';

/** Reckons one measure over the records of a row, in little room, in any order. */
export interface Measuring {
  /** @param holds whether the condition of a share holds for the record. */
  take(record: ReportRecord, holds: boolean): void;
  /** Takes all that another of the same measure has taken. */
  merge(other: this): void;
  /** Null where no record says anything of it. */
  value(): number | null;
}

/** Begins to reckon a measure. */
export function measuringOf(measure: Measure, budget: DistinctBudget): Measuring {
  if (measure === 'count') return new Share(() => true);
  if ('share' in measure) return new Share((holds) => holds, true);
  if ('distinct' in measure) return new Distinct(measure.distinct, budget);
  if ('quantile' in measure) return new Quantile(measure.quantile, measure.at);
  if ('sum' in measure) return new Moments(measure.sum, ({ sum }) => sum.value);
  if ('mean' in measure) return new Moments(measure.mean, ({ sum, count }) => sum.value / count);
  if ('min' in measure) return new Moments(measure.min, ({ min }) => min);
  return new Moments(measure.max, ({ max }) => max);
}

/** Counts records, or the share of those for which something holds. */
class Share implements Measuring {
  #all = 0;
  #counted = 0;
  readonly #counts: (holds: boolean) => boolean;
  readonly #isShare: boolean;

  constructor(counts: (holds: boolean) => boolean, isShare = false) {
    this.#counts = counts;
    this.#isShare = isShare;
  }

  take(_record: ReportRecord, holds: boolean): void {
    this.#all++;
    if (this.#counts(holds)) this.#counted++;
  }

  merge(other: this): void {
    this.#all += other.#all;
    this.#counted += other.#counted;
  }

  value(): number | null {
    if (!this.#isShare) return this.#counted;
    return this.#all === 0 ? null : this.#counted / this.#all;
  }
}

/** Counts different values: all of them are kept, as long as there is room. */
class Distinct implements Measuring {
  readonly #field: string;
  readonly #budget: DistinctBudget;
  readonly #seen = new Set<string>();

  constructor(field: string, budget: DistinctBudget) {
    this.#field = field;
    this.#budget = budget;
  }

  take(record: ReportRecord): void {
    const value = fieldOf(record, this.#field);
    if (value !== null) this.#add(JSON.stringify(value));
  }

  merge(other: this): void {
    for (const value of other.#seen) this.#add(value);
  }

  value(): number {
    return this.#seen.size;
  }

  #add(value: string): void {
    if (!this.#seen.has(value) && this.#budget.take()) this.#seen.add(value);
  }
}

/** A quantile within 1 % of its value; one of equal values is that value. */
class Quantile implements Measuring {
  readonly #field: string;
  readonly #at: number;
  readonly #sketch = newSketch();

  constructor(field: string, at: number) {
    this.#field = field;
    this.#at = at;
  }

  take(record: ReportRecord): void {
    const value = numberOf(fieldOf(record, this.#field));
    if (value !== undefined) addValue(this.#sketch, value);
  }

  merge(other: this): void {
    this.#sketch.merge(other.#sketch);
  }

  value(): number | null {
    const { min, max } = this.#sketch;
    const value = quantileOf(this.#sketch, this.#at);
    return value === undefined ? null : Math.min(max, Math.max(min, value));
  }
}

/** A sum that loses nothing to rounding that counts (Neumaier, 1974), so that it does not depend on the order of its parts. */
class Sum {
  #sum = 0;
  #lost = 0;

  add(value: number): void {
    const sum = this.#sum + value;
    const isLarger = Math.abs(this.#sum) >= Math.abs(value);
    this.#lost += isLarger ? this.#sum - sum + value : value - sum + this.#sum;
    this.#sum = sum;
  }

  merge({ value }: Sum): void {
    this.add(value);
  }

  get value(): number {
    return this.#sum + this.#lost;
  }
}

interface MomentsSoFar {
  readonly sum: Sum;
  readonly count: number;
  readonly min: number;
  readonly max: number;
}

class Moments implements Measuring {
  readonly #field: string;
  readonly #read: (moments: MomentsSoFar) => number;
  readonly #sum = new Sum();
  #count = 0;
  #min = Number.POSITIVE_INFINITY;
  #max = Number.NEGATIVE_INFINITY;

  constructor(field: string, read: (moments: MomentsSoFar) => number) {
    this.#field = field;
    this.#read = read;
  }

  take(record: ReportRecord): void {
    const value = numberOf(fieldOf(record, this.#field));
    if (value === undefined) return;
    this.#sum.add(value);
    this.#count++;
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  merge(other: this): void {
    this.#sum.merge(other.#sum);
    this.#count += other.#count;
    this.#min = Math.min(this.#min, other.#min);
    this.#max = Math.max(this.#max, other.#max);
  }

  value(): number | null {
    if (this.#count === 0) return null;
    return this.#read({ sum: this.#sum, count: this.#count, min: this.#min, max: this.#max });
  }
}

/** Numbers alone are reckoned with: a text that looks like one is none. */
function numberOf(value: Json): number | undefined {
  return typeof value === 'number' ? value : undefined;
}
