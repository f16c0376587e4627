import * as z from 'zod';
import type { Json } from '#core/json.ts';

const HOUR_MS = 3_600_000;
/** Within the hours that have just been, parts of so many ms are told apart. */
const PART_MS = 300_000;
const PARTS_KEPT = 36 * 12;
/** Four weeks. */
const HOURS_KEPT = 672;

/** What is kept of what was usual: of each hour, how many events there were, and the sum of their values. */
export const HistoryDataSchema = z.object({
  /** Since when it is known, in ms since the epoch. */
  since: z.number(),
  /** Hours that are over, up to this one, which is not counted in. */
  until: z.number().int(),
  hours: z.array(z.tuple([z.number().int(), z.number(), z.number()])),
});

/** What is kept of what was usual. */
export type HistoryData = z.infer<typeof HistoryDataSchema>;

const SumsSchema = z.array(z.tuple([z.number().int(), z.number(), z.number()]));
const RecentSchema = z.object({ since: z.number().nullable(), hours: SumsSchema, parts: SumsSchema });

interface Sum {
  count: number;
  sum: number;
}

/** How many events there were, hour by hour for four weeks, and by five minutes for the last day and a half. */
export class HourlyHistory {
  /** So far back it goes, in ms. */
  static readonly LENGTH_MS = HOURS_KEPT * HOUR_MS;
  #hours = new Map<number, Sum>();
  readonly #parts = new Map<number, Sum>();
  #since = Number.POSITIVE_INFINITY;
  /** What was told of hours before this one is counted in already. */
  #known = Number.NEGATIVE_INFINITY;

  /** Adds one event. */
  add(at: number, value: number): void {
    this.#since = Math.min(this.#since, at);
    addTo(this.#parts, Math.floor(at / PART_MS), value);
    const hour = Math.floor(at / HOUR_MS);
    if (hour >= this.#known) addTo(this.#hours, hour, value);
    trim(this.#parts, PARTS_KEPT);
    trim(this.#hours, HOURS_KEPT);
  }

  /** Whether it was looked at a time already. */
  knows(at: number): boolean {
    return at >= this.#since;
  }

  /** Whether nothing is left that could say what is usual. */
  isEmpty(now: number): boolean {
    const oldest = Math.floor(now / HOUR_MS) - HOURS_KEPT;
    return [...this.#hours.keys()].every((hour) => hour <= oldest);
  }

  /** What there was from one time to another that is now, or not long ago: to five minutes, where it is less than a day and a half. */
  recent(from: number, to: number): Readonly<Sum> {
    const isFine = to - from <= (PARTS_KEPT - 1) * PART_MS;
    return isFine ? sumOf(this.#parts, from / PART_MS, to / PART_MS) : this.past(from, to);
  }

  /** The same of times long ago: of an hour that is only partly within, its share. */
  past(from: number, to: number): Readonly<Sum> {
    return sumOf(this.#hours, from / HOUR_MS, to / HOUR_MS);
  }

  /** What is to be kept of the hours that are over; undefined where there is nothing new. */
  save(now: number): HistoryData | undefined {
    const until = Math.floor(now / HOUR_MS);
    if (until <= this.#known || this.#hours.size === 0) return undefined;
    this.#known = until;
    const hours = [...this.#hours].filter(([hour]) => hour < until);
    return {
      since: this.#since,
      until,
      hours: hours.map(([hour, { count, sum }]) => [hour, count, sum]),
    };
  }

  /** What there is besides that: the hours that are not over yet, and the parts. */
  saveRecent(): Json {
    const hours = [...this.#hours].filter(([hour]) => hour >= this.#known);
    const since = Number.isFinite(this.#since) ? this.#since : null;
    return { since, hours: rowsOf(hours), parts: rowsOf(this.#parts) };
  }

  /** Takes that, after what was kept. */
  resume(saved: Json): void {
    const { since, hours, parts } = RecentSchema.parse(saved);
    this.#since = Math.min(this.#since, since ?? Number.POSITIVE_INFINITY);
    for (const [hour, count, sum] of hours) if (hour >= this.#known) this.#hours.set(hour, { count, sum });
    for (const [part, count, sum] of parts) this.#parts.set(part, { count, sum });
  }

  /** Takes what was kept. */
  restore({ since, until, hours }: HistoryData): void {
    this.#since = since;
    this.#known = until;
    this.#hours = new Map(hours.map(([hour, count, sum]) => [hour, { count, sum }]));
  }
}

function rowsOf(sums: Iterable<readonly [number, Sum]>): [number, number, number][] {
  return [...sums].map(([at, { count, sum }]) => [at, count, sum]);
}

function addTo(sums: Map<number, Sum>, at: number, value: number): void {
  const known = sums.get(at) ?? { count: 0, sum: 0 };
  known.count += 1;
  known.sum += value;
  sums.set(at, known);
}

function trim(sums: Map<number, Sum>, most: number): void {
  if (sums.size <= most) return;
  const newest = Math.max(...sums.keys());
  for (const at of sums.keys()) if (at <= newest - most) sums.delete(at);
}

/** Of a part that is only partly within, its share. */
function sumOf(sums: ReadonlyMap<number, Sum>, from: number, to: number): Sum {
  const total = { count: 0, sum: 0 };
  for (let at = Math.floor(from); at < to; at++) {
    const { count, sum } = sums.get(at) ?? { count: 0, sum: 0 };
    const share = Math.min(to, at + 1) - Math.max(from, at);
    total.count += count * share;
    total.sum += sum * share;
  }
  return total;
}
