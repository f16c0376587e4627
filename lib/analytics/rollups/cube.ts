import type { MonitoringEvent } from '#monitoring/events/event.ts';
import { CellGroup } from './cell-group.ts';
import { type Dimension, FAMILIES, type Fact, type Family, factsOf } from './facts.ts';

/** The spans of time that things are counted by. */
export const SPANS = { hour: 3_600_000, day: 86_400_000 } as const;

/** A span of time that things are counted by, in UTC. */
export type Span = keyof typeof SPANS;

/** Which cells: of what, told apart by what, in which hour or day (its begin, in ms since the epoch). */
export interface Bucket {
  readonly by: Span;
  readonly family: Family;
  readonly dimension: Dimension;
  readonly start: number;
}

/** A group of cells with where it belongs. */
export interface PlacedGroup extends Bucket {
  readonly group: CellGroup;
}

/** What was counted of some events, by hour and by day. */
export class Cube {
  readonly #groups = new Map<string, PlacedGroup>();

  /** Counts an event. It must not come twice. */
  take(event: MonitoringEvent): void {
    for (const fact of factsOf(event)) this.#count(fact);
  }

  /** Counts what belongs into one bucket of an event, and nothing else. */
  takeInto(event: MonitoringEvent, bucket: Bucket): void {
    for (const fact of factsOf(event)) {
      const value = fact.values[bucket.dimension];
      if (
        fact.family !== bucket.family ||
        value === undefined ||
        startOf(bucket.by, fact.at) !== bucket.start
      )
        continue;
      this.#groupOf(bucket).cellOf(value).add(fact.counts, fact.tookMs);
    }
  }

  /** Adds all that another has counted. */
  merge(other: Cube): void {
    for (const { group, ...bucket } of other.#groups.values()) this.#groupOf(bucket).merge(group);
  }

  /** What was counted, in no order. */
  groups(): IterableIterator<PlacedGroup> {
    return this.#groups.values();
  }

  #count({ family, at, values, counts, tookMs }: Fact): void {
    const [hour, day] = [startOf('hour', at), startOf('day', at)];
    for (const dimension of FAMILIES[family]) {
      const value = values[dimension];
      if (value === undefined) continue;
      this.#groupOf({ by: 'hour', family, dimension, start: hour }).cellOf(value).add(counts, tookMs);
      this.#groupOf({ by: 'day', family, dimension, start: day }).cellOf(value).add(counts, tookMs);
    }
  }

  #groupOf(bucket: Bucket): CellGroup {
    const key = `${bucket.by} ${bucket.family} ${bucket.dimension} ${bucket.start}`;
    const known = this.#groups.get(key);
    if (known !== undefined) return known.group;
    const group = new CellGroup();
    this.#groups.set(key, { ...bucket, group });
    return group;
  }
}

/** The begin of the hour or day of a time. */
export function startOf(by: Span, at: number): number {
  return Math.floor(at / SPANS[by]) * SPANS[by];
}
