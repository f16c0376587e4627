import {
  type Dimension,
  METRICS,
  type MetricDescription,
  type MetricName,
  type Sample,
} from './metric-table.ts';

/** So many values of a dimension are told apart; what comes after them counts as {@link OTHER}. */
export const MOST_VALUES = 100;
/** What stands for all values that are not told apart. */
export const OTHER = 'other';

/** Upper bounds of the buckets of histograms, in seconds. */
export const BUCKETS = [
  ...[0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  ...[300, 1_800, 3_600, 21_600, 86_400],
] as const;

/** Label values by dimension. */
export type Labels = Sample['labels'];

/** What is known of a metric with some labels. */
export interface Series {
  readonly labels: Labels;
  /** Sum of a counter or histogram, or how a gauge stands. */
  readonly value: number;
  /** Of a histogram: how many values are in each bucket, and in the last those beyond all. */
  readonly buckets: readonly number[];
}

interface OpenSeries extends Series {
  value: number;
  readonly buckets: number[];
}

/** Sets of values that somebody may choose: workflows, commands… The others are short lists of ours. */
const OPEN: readonly Dimension[] = ['workflow', 'command', 'decision', 'pool'];

/** What follows in the tree of series, by the value of one dimension after another; at its end a series. */
interface Branch {
  readonly next: Map<string, Branch>;
  series: OpenSeries | undefined;
}

/** Adds up samples. However many workflows and commands there are, the series are bounded in number. */
export class MetricRegistry {
  readonly #series = new Map<MetricName, OpenSeries[]>();
  /** By values one after another, and not by all of them in one key: that would have to be made, and hashed, for each sample. */
  readonly #tree = new Map<MetricName, Branch>();
  readonly #limit = new LabelLimit();

  /** Adds what counters and histograms have gained. */
  add({ metric, value, labels }: Sample): void {
    // Series that there are have labels within bounds.
    const series = this.#find(metric, labels) ?? this.#of(metric, this.#limit.bounded(labels));
    series.value += value;
    if (series.buckets.length === 0) return;
    const bucket = BUCKETS.findIndex((bound) => value <= bound);
    const at = bucket < 0 ? BUCKETS.length : bucket;
    series.buckets[at] = (series.buckets[at] ?? 0) + 1;
  }

  /** All series of a metric so far. */
  seriesOf(metric: MetricName): readonly Series[] {
    return this.#series.get(metric) ?? [];
  }

  #find(metric: MetricName, labels: Labels): OpenSeries | undefined {
    let branch = this.#tree.get(metric);
    for (const dimension of METRICS[metric].dimensions) branch = branch?.next.get(labels[dimension] ?? '');
    return branch?.series;
  }

  #of(metric: MetricName, labels: Labels): OpenSeries {
    const known = this.#find(metric, labels);
    if (known !== undefined) return known;
    const { kind }: MetricDescription = METRICS[metric];
    const buckets = kind === 'histogram' ? Array<number>(BUCKETS.length + 1).fill(0) : [];
    const begun: OpenSeries = { labels, value: 0, buckets };
    let branch = branchAt(this.#tree, metric);
    for (const dimension of METRICS[metric].dimensions)
      branch = branchAt(branch.next, labels[dimension] ?? '');
    branch.series = begun;
    this.#series.set(metric, [...(this.#series.get(metric) ?? []), begun]);
    return begun;
  }
}

function branchAt<Name extends string>(branches: Map<Name, Branch>, name: Name): Branch {
  const branch = branches.get(name) ?? { next: new Map(), series: undefined };
  branches.set(name, branch);
  return branch;
}

/** Tells so many values of open dimensions apart, the first ones; all others are one. */
export class LabelLimit {
  readonly #values = new Map<Dimension, Set<string>>();

  /** Labels of which the series are bounded in number. */
  bounded(labels: Labels): Labels {
    const entries = Object.entries(labels).map(([name, value]) => [name, this.#valueOf(name, value)]);
    return Object.fromEntries(entries);
  }

  #valueOf(name: string, value: string): string {
    const dimension = OPEN.find((open) => open === name);
    if (dimension === undefined) return value;
    const values = this.#values.get(dimension) ?? new Set<string>();
    this.#values.set(dimension, values);
    if (values.has(value)) return value;
    if (values.size >= MOST_VALUES) return OTHER;
    values.add(value);
    return value;
  }
}
