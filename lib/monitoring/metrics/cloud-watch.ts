import { METRICS, type MetricDescription, type MetricName } from './metric-table.ts';

/** Namespace of our metrics in CloudWatch. */
export const CLOUDWATCH_NAMESPACE = 'Stepwright';

/** A metric as CloudWatch has it. */
export interface CloudWatchMetric {
  /** Such as `ExecutionsEnded`. */
  readonly name: string;
  readonly unit: 'Count' | 'Seconds' | 'Bytes' | 'None';
  /** What statistic tells most. */
  readonly statistic: 'Sum' | 'p95' | 'Average';
  /** The first is that of the service, which all metrics of Powertools have. */
  readonly dimensions: readonly string[];
}

/** How a metric is called in CloudWatch, and in what unit it is. */
export function cloudWatchMetric(name: MetricName): CloudWatchMetric {
  const { kind, unit, dimensions }: MetricDescription = METRICS[name];
  const words = name
    .replace(/^stepwright_/, '')
    .replace(/_(seconds|bytes|dollars)$/, '')
    .split('_');
  return {
    name: words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join(''),
    unit: ({ none: 'Count', seconds: 'Seconds', bytes: 'Bytes', dollars: 'None' } as const)[unit],
    statistic: ({ counter: 'Sum', histogram: 'p95', gauge: 'Average' } as const)[kind],
    dimensions: ['service', ...dimensions],
  };
}
