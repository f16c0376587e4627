import { METRICS, type MetricDescription, type MetricName } from './metric-table.ts';

/** A metric as OpenTelemetry has it. */
export interface OtelMetric {
  /** Such as `stepwright.executions.started`. */
  readonly name: string;
  /** By UCUM, as the semantic conventions ask for it. */
  readonly unit: string;
}

/** Metrics of the process have names of the semantic conventions ("Semantic conventions for OS process metrics"). */
const CONVENTIONAL: Partial<Readonly<Record<MetricName, OtelMetric>>> = {
  process_cpu_seconds: { name: 'process.cpu.time', unit: 's' },
  process_resident_memory_bytes: { name: 'process.memory.usage', unit: 'By' },
};

const UNITS = { none: '', seconds: 's', bytes: 'By', dollars: '{dollar}' } as const;

/**
 * How a metric is called in OpenTelemetry, and in what unit it is. Prometheus makes of name and unit the name that the metric has at
 * `/v1/metrics` ("Prometheus and OpenMetrics compatibility"), so that a dashboard for one is one for the other; dollars stay in the
 * name, as that takes no unit in braces.
 */
export function otelMetric(name: MetricName): OtelMetric {
  const { unit }: MetricDescription = METRICS[name];
  const dotted = name.replace(/_(seconds|bytes)$/, '').replaceAll('_', '.');
  return CONVENTIONAL[name] ?? { name: dotted, unit: UNITS[unit] };
}
