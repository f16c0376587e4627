import { DDSketch } from '@datadog/sketches-js';
import type { LogRecord } from './record.ts';

/** Quantiles of times in ms, each within 1 % of its value. */
export interface Quantiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

/** What came of a group of records. */
export interface Summary {
  readonly hits: number;
  /** How many have an end that tells how it went, and how many of them went well. */
  readonly ended: number;
  readonly succeeded: number;
  /** Absent where none has ended. */
  readonly successRate?: number;
  /** Absent where no time is known. */
  readonly latencyMs?: Quantiles;
}

/**
 * Counts what came of records. Times go into a DDSketch (Masson, Rim and Lee, "DDSketch: a fast and fully-mergeable quantile
 * sketch with relative-error guarantees", VLDB 2019), so that a group takes the same room however large it is.
 */
export class Tally {
  #hits = 0;
  #ended = 0;
  #succeeded = 0;
  #sketch: DDSketch | undefined;

  get hits(): number {
    return this.#hits;
  }

  count({ outcome, latencyMs }: Pick<LogRecord, 'outcome' | 'latencyMs'>): void {
    this.#hits++;
    if (outcome?.success !== undefined) this.#ended++;
    if (outcome?.success === true) this.#succeeded++;
    if (latencyMs === undefined) return;
    this.#sketch ??= new DDSketch({ relativeAccuracy: 0.01 });
    this.#sketch.accept(Math.max(0, latencyMs));
  }

  summary(): Summary {
    const sketch = this.#sketch;
    const at = (quantile: number): number => rounded(sketch?.getValueAtQuantile(quantile) ?? 0);
    return {
      ...{ hits: this.#hits, ended: this.#ended, succeeded: this.#succeeded },
      ...(this.#ended === 0 ? {} : { successRate: rounded(this.#succeeded / this.#ended) }),
      ...(sketch === undefined ? {} : { latencyMs: { p50: at(0.5), p90: at(0.9), p99: at(0.99) } }),
    };
  }
}

/** Four digits after the point, of times and of shares. */
export function rounded(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

/** Tallies by name, of which there are at most so many: what comes later is not told apart. */
export class Tallies {
  readonly #tallies = new Map<string, Tally>();
  readonly #most: number;
  #left = 0;

  constructor(most = 1_000) {
    this.#most = most;
  }

  /** How many records belong to names for which there was no room. */
  get left(): number {
    return this.#left;
  }

  count(name: string, record: Pick<LogRecord, 'outcome' | 'latencyMs'>): void {
    const known = this.#tallies.get(name);
    if (known !== undefined) known.count(record);
    else if (this.#tallies.size >= this.#most) this.#left++;
    else {
      const begun = new Tally();
      begun.count(record);
      this.#tallies.set(name, begun);
    }
  }

  /** By name, those with the most records first. */
  entries(): readonly (readonly [string, Tally])[] {
    return [...this.#tallies].toSorted(([, one], [, other]) => other.hits - one.hits);
  }
}
