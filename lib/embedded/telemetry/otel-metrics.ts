import { type HrTime, ValueType } from '@opentelemetry/api';
import {
  AggregationTemporality,
  type DataPoint,
  DataPointType,
  type MetricData,
  type ScopeMetrics,
} from '@opentelemetry/sdk-metrics';
import { METRIC_LIST, type MetricDescription, type MetricName } from '#monitoring/metrics/metric-table.ts';
import { otelMetric } from '#monitoring/metrics/otel-metric.ts';
import { BUCKETS, type Series } from '#monitoring/metrics/registry.ts';
import type { MetricReading } from '../metrics.ts';

/** When what is counted began, and when it is told, and who tells. */
export interface Telling {
  readonly startTime: HrTime;
  readonly endTime: HrTime;
  readonly version: string;
}

/** All metrics as exporters of OpenTelemetry take them: sums since the start. */
export function toScopeMetrics({ registry, gauges }: MetricReading, telling: Telling): ScopeMetrics {
  const standing = Map.groupBy(gauges, ({ metric }) => metric);
  const metrics = METRIC_LIST.flatMap(([name, description]) => {
    const now = (standing.get(name) ?? []).map(({ value, labels }) => ({ value, labels, buckets: [] }));
    const series = [...registry.seriesOf(name), ...now];
    return series.length === 0 ? [] : [toMetricData({ name, description, series }, telling)];
  });
  return { scope: { name: 'stepwright', version: telling.version }, metrics };
}

interface Told {
  readonly name: MetricName;
  readonly description: MetricDescription;
  readonly series: readonly Series[];
}

function toMetricData({ name, description, series }: Told, telling: Telling): MetricData {
  const base = {
    descriptor: { ...otelMetric(name), description: description.meaning, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const points = <Value>(valueIn: (one: Series) => Value) =>
    series.map((one) => point(one, valueIn(one), telling));
  switch (description.kind) {
    case 'gauge':
      return { ...base, dataPointType: DataPointType.GAUGE, dataPoints: points(({ value }) => value) };
    case 'counter':
      return {
        ...{ ...base, dataPointType: DataPointType.SUM, isMonotonic: true },
        dataPoints: points(({ value }) => value),
      };
    case 'histogram':
      return { ...base, dataPointType: DataPointType.HISTOGRAM, dataPoints: points(histogramOf) };
  }
}

function point<Value>({ labels }: Series, value: Value, { startTime, endTime }: Telling): DataPoint<Value> {
  return { startTime, endTime, attributes: { ...labels }, value };
}

function histogramOf({ value: sum, buckets }: Series) {
  const counts = [...buckets];
  const count = counts.reduce((all, each) => all + each, 0);
  return { buckets: { boundaries: [...BUCKETS], counts }, sum, count };
}
