import { Metrics } from '@aws-lambda-powertools/metrics';
import { CLOUDWATCH_NAMESPACE, cloudWatchMetric } from '#monitoring/metrics/cloud-watch.ts';
import type { Sample } from '#monitoring/metrics/metric-table.ts';
import { LabelLimit } from '#monitoring/metrics/registry.ts';

const limit = new LabelLimit();

/** Value of the dimension `service`. */
const SERVICE = 'stepwright';

/** A blob has 100 values of a metric (CloudWatch, "Specification: Embedded metric format"), of which Powertools writes it by itself. */
const MOST_VALUES = 99;

/** Writes samples into the log in the embedded metric format, of which CloudWatch makes metrics: no call is made for them. */
export function emitMetrics(samples: readonly Sample[]): void {
  const groups = Map.groupBy(samples, ({ metric, labels }) =>
    JSON.stringify([metric, limit.bounded(labels)]),
  );
  for (const group of groups.values()) {
    for (let from = 0; from < group.length; from += MOST_VALUES)
      emitGroup(group.slice(from, from + MOST_VALUES));
  }
}

/** Samples of one metric with the same labels. */
function emitGroup(samples: readonly Sample[]): void {
  const [first] = samples;
  if (first === undefined) return;
  const { name, unit } = cloudWatchMetric(first.metric);
  const metrics = new Metrics({ namespace: CLOUDWATCH_NAMESPACE, serviceName: SERVICE });
  const dimensions = limit.bounded(first.labels);
  // CloudWatch takes no empty value.
  metrics.addDimensions(
    Object.fromEntries(Object.entries(dimensions).map(([key, value]) => [key, value || 'none'])),
  );
  for (const { value } of samples) metrics.addMetric(name, unit, value);
  metrics.publishStoredMetrics();
}
