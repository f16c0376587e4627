import { METRIC_LIST, type MetricDescription, type MetricName, type Sample } from './metric-table.ts';
import { BUCKETS, type Labels, type MetricRegistry, type Series } from './registry.ts';

/** Media type of the text format (OpenMetrics 1.0, "Overall structure"). */
export const OPEN_METRICS_TYPE = 'application/openmetrics-text; version=1.0.0; charset=utf-8';

/** How things stand, beside what has been counted, and which version runs. */
export interface Standing {
  readonly gauges: readonly Sample[];
  readonly version: string;
}

/** All metrics as OpenMetrics text (github.com/prometheus/OpenMetrics, specification 1.0). */
export function openMetricsText(registry: MetricRegistry, { gauges, version }: Standing): string {
  const standing = Map.groupBy(gauges, ({ metric }) => metric);
  const families = METRIC_LIST.flatMap(([name, description]) => {
    const now = standing.get(name)?.map(({ value, labels }) => ({ value, labels, buckets: [] })) ?? [];
    return familyLines(name, description, [...registry.seriesOf(name), ...now]);
  });
  const build = [
    '# TYPE stepwright_build info',
    '# HELP stepwright_build What runs.',
    `stepwright_build_info${labelText({}, [['version', version]])} 1`,
  ];
  return `${[...build, ...families, '# EOF'].join('\n')}\n`;
}

function familyLines(name: MetricName, metric: MetricDescription, all: readonly Series[]): string[] {
  if (all.length === 0) return [];
  return [
    `# TYPE ${name} ${metric.kind}`,
    ...(metric.unit === 'none' ? [] : [`# UNIT ${name} ${metric.unit}`]),
    `# HELP ${name} ${escaped(metric.meaning)}`,
    ...all.flatMap((series) => seriesLines(name, metric, series)),
  ];
}

function seriesLines(name: MetricName, { kind }: MetricDescription, series: Series): string[] {
  const { labels, value, buckets } = series;
  switch (kind) {
    case 'gauge':
      return [`${name}${labelText(labels)} ${numberText(value)}`];
    case 'counter':
      return [`${name}_total${labelText(labels)} ${numberText(value)}`];
    case 'histogram':
      return [
        ...bucketLines(name, labels, buckets),
        `${name}_count${labelText(labels)} ${buckets.reduce((sum, count) => sum + count, 0)}`,
        `${name}_sum${labelText(labels)} ${numberText(value)}`,
      ];
  }
}

/** Buckets hold all that is not above their bound. */
function bucketLines(name: MetricName, labels: Labels, buckets: readonly number[]): string[] {
  let sum = 0;
  return buckets.map((count, at) => {
    sum += count;
    const bound = BUCKETS[at];
    const le = bound === undefined ? '+Inf' : canonical(bound);
    return `${name}_bucket${labelText(labels, [['le', le]])} ${sum}`;
  });
}

/** Bounds are written in one way, so that they are the same series everywhere: `1.0`, not `1`. */
function canonical(bound: number): string {
  return Number.isInteger(bound) ? `${bound}.0` : String(bound);
}

function numberText(value: number): string {
  return Number.isFinite(value) ? String(value) : 'NaN';
}

function labelText(labels: Labels, more: readonly (readonly [string, string])[] = []): string {
  const all = [...Object.entries(labels), ...more];
  if (all.length === 0) return '';
  return `{${all.map(([name, value]) => `${name}="${escaped(value)}"`).join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
