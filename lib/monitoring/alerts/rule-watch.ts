import * as z from 'zod';
import { JsonSchema } from '#core/json.ts';
import type { AlertFile } from '#definition/alert/alert.ts';
import { isLearning } from './conditions/anomaly.ts';
import { conditionOf } from './conditions/condition-of.ts';
import type { HistoryData } from './conditions/hourly-history.ts';
import type { Condition, Watch } from './conditions/watch.ts';
import { type Evidence, EvidenceKeeper, SavedEvidenceSchema } from './evidence.ts';
import type { Observation } from './observation.ts';
import { type Standing, standingOf } from './standing.ts';
import { type EventTest, eventTest } from './where.ts';

/** A rule of alerts, as written. */
export type AlertRule = AlertFile['rules'][number];

/** What a series of a rule is told apart by: values by field. */
export type SeriesValues = Readonly<Record<string, string>>;

/** How a series of a rule stands. */
export interface Finding {
  readonly by: SeriesValues;
  readonly standing: Standing;
  readonly value: number | undefined;
  /** Since when it is so, where that is known. */
  readonly since: number | undefined;
  readonly evidence: Evidence;
}

/** What all series are called together that are not told apart. */
export const OTHER = 'other';
/** So many things are known to be open, of all series of a rule. */
const MOST_BEGUN = 100_000;

/** What the watch of a rule holds, as JSON. */
export const SavedWatchSchema = z.object({
  series: z.array(
    z.object({ by: z.record(z.string(), z.string()), watch: JsonSchema, evidence: SavedEvidenceSchema }),
  ),
  begun: z.array(z.tuple([z.string(), z.string()])),
});

/** What the watch of a rule holds, as JSON. */
export type SavedWatch = z.infer<typeof SavedWatchSchema>;

/** So many devices and executions are saved of all series together, besides those that would be named. */
const MOST_EVIDENCE = 20_000;

interface Series {
  readonly by: SeriesValues;
  readonly watch: Watch;
  readonly evidence: EvidenceKeeper;
}

/** Watches one rule, series by series. */
export class RuleWatch {
  readonly rule: AlertRule;
  readonly condition: Condition;
  /** Kinds of events that it is to be told of. */
  readonly kinds: ReadonlySet<string>;
  readonly #test: EventTest;
  readonly #series = new Map<string, Series>();
  /** In which series something was begun: what ends it may not say. */
  readonly #begun = new Map<string, string>();
  readonly #since: number;

  /** @param since when the watch begins, in ms since the epoch. */
  constructor(rule: AlertRule, since: number) {
    this.rule = rule;
    this.condition = conditionOf(rule.when);
    const removal = rule.by?.includes('device') === true ? ['device.removed'] : [];
    this.kinds = new Set([...this.condition.kinds, ...removal]);
    this.#test = eventTest(rule.where);
    this.#since = since;
    if (rule.by === undefined) this.#seriesOf({}, since);
  }

  /** Takes what is seen, in the order of the feed. */
  take(seen: Observation): Promise<void> | void {
    if (this.condition.ends.includes(seen.kind)) {
      this.#end(seen);
      return;
    }
    if (seen.kind === 'device.removed' && !this.condition.kinds.includes(seen.kind)) {
      this.#drop(seen);
      return;
    }
    const counts = this.#test(seen);
    if (counts instanceof Promise) return counts.then((does) => (does ? this.#count(seen) : undefined));
    if (counts) this.#count(seen);
  }

  /** The series that are not well. One that says nothing any more is forgotten. */
  look(now: number): readonly Finding[] {
    const findings: Finding[] = [];
    for (const [key, { watch, by, evidence }] of this.#series) {
      const measured = watch.look(now);
      const standing = standingOf(measured?.value, this.condition.bounds, this.rule.resolve?.bound);
      if (standing !== 'well') {
        const from = now - this.condition.lookBackMs;
        findings.push({
          ...{ by, standing, value: measured?.value, since: measured?.since },
          evidence: evidence.since(from),
        });
      } else if (Object.keys(by).length > 0 && watch.isIdle(now)) this.#series.delete(key);
    }
    return findings;
  }

  /** What did not come from one time to another is not missed. */
  forgive(from: number, until: number): void {
    for (const { watch } of this.#series.values()) watch.forgive?.(from, until);
  }

  /** What is to be kept of what was usual, by series. */
  learned(now: number): readonly { readonly by: SeriesValues; readonly history: HistoryData }[] {
    return [...this.#series.values()].flatMap(({ by, watch }) => {
      const history = isLearning(watch) ? watch.history.save(now) : undefined;
      return history === undefined ? [] : [{ by, history }];
    });
  }

  /** Takes what was kept. */
  restore(by: SeriesValues, history: HistoryData): void {
    const { watch } = this.#seriesOf(by, this.#since);
    if (isLearning(watch)) watch.history.restore(history);
  }

  /** What it holds, but for what was usual. */
  save(): SavedWatch {
    const most = Math.floor(MOST_EVIDENCE / Math.max(1, this.#series.size));
    const series = [...this.#series.values()].map(({ by, watch, evidence }) => ({
      ...{ by: { ...by }, watch: watch.save(), evidence: evidence.save(most) },
    }));
    return { series, begun: [...this.#begun] };
  }

  /** Takes what the watch of the same rule held, after what was usual. Throws where it is of another condition. */
  resume({ series, begun }: SavedWatch): void {
    for (const saved of series) {
      const { watch, evidence } = this.#seriesOf(saved.by, this.#since);
      watch.resume(saved.watch);
      evidence.resume(saved.evidence);
    }
    for (const [thing, key] of begun) this.#begun.set(thing, key);
  }

  #count(seen: Observation): void {
    const by = this.#valuesOf(seen);
    const series = this.#seriesOf(by, this.#since);
    if (series.watch.take(seen)) series.evidence.take(seen);
    if (this.condition.ends.length > 0 && this.#begun.size < MOST_BEGUN)
      this.#begun.set(seen.thing, this.#keyOf(series.by));
  }

  #end(seen: Observation): void {
    const key = this.#begun.get(seen.thing);
    if (key === undefined) return;
    this.#begun.delete(seen.thing);
    this.#series.get(key)?.watch.take(seen);
  }

  /** A device that is registered no more is not missed. */
  #drop({ device }: Observation): void {
    for (const [key, { by }] of this.#series) if (by['device'] === device) this.#series.delete(key);
  }

  #valuesOf(seen: Observation): SeriesValues {
    const values: Record<string, string> = {};
    for (const field of this.rule.by ?? []) values[field] = seen.text(field) ?? '';
    return values;
  }

  #seriesOf(wanted: SeriesValues, since: number): Series {
    const known = this.#series.get(this.#keyOf(wanted));
    if (known !== undefined) return known;
    const isFull = this.#series.size >= this.condition.mostSeries;
    const by = isFull ? Object.fromEntries(Object.keys(wanted).map((field) => [field, OTHER])) : wanted;
    const key = this.#keyOf(by);
    const other = this.#series.get(key);
    if (other !== undefined) return other;
    const watch = this.condition.open(since);
    const series = { by, watch, evidence: new EvidenceKeeper() };
    this.#series.set(key, series);
    return series;
  }

  /** The same for the same values. */
  #keyOf(by: SeriesValues): string {
    return (this.rule.by ?? []).map((field) => by[field] ?? '').join('\u0000');
  }
}

/** The same for the same values, whatever their order. */
export function seriesKey(by: SeriesValues): string {
  return JSON.stringify(Object.entries(by).sort(([one], [other]) => (one < other ? -1 : 1)));
}
