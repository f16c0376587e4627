import { cloudWatchMetric } from '#monitoring/metrics/cloud-watch.ts';
import { METRIC_LIST, type MetricDescription, type MetricName } from '#monitoring/metrics/metric-table.ts';
import { BUCKETS, MOST_VALUES, OTHER } from '#monitoring/metrics/registry.ts';

/** `docs/reference/metrics.md`, made of the metric table. */
export function metricsPage(): string {
  const [server, functions] = ['server', 'functions'].map((of) =>
    METRIC_LIST.filter(([, metric]) => metric.of === of),
  );
  const events = METRIC_LIST.filter(([, { of }]) => of === 'events' || of === 'alerts');
  return `# Metrics

At \`GET /v1/metrics\` as [OpenMetrics](https://github.com/prometheus/OpenMetrics) text, and on AWS in CloudWatch, in the namespace
\`Stepwright\`. [The guide](../guide/monitoring.md) tells how to collect them. This page is made of the metric table
(\`lib/monitoring/metrics/metric-table.ts\`), as are the dashboards.

Of workflows, commands, decisions and pools, the first ${MOST_VALUES} each are told apart; what comes after them counts as \`${OTHER}\`. Histograms
have buckets of ${BUCKETS.join(', ')} seconds.

## Of what happens

| metric | kind | labels | meaning | CloudWatch |
| --- | --- | --- | --- | --- |
${events.map((one) => row(one, true)).join('\n')}

## Of the embedded server

| metric | kind | labels | meaning |
| --- | --- | --- | --- |
| \`stepwright_build\` | info | \`version\` | What runs. |
${(server ?? []).map((one) => row(one, false)).join('\n')}

## Of functions on AWS

| metric | kind | labels | meaning | CloudWatch |
| --- | --- | --- | --- | --- |
${(functions ?? []).map((one) => row(one, true)).join('\n')}

## By OTLP

A dot stands for each \`_\` but in \`process.cpu.time\` and \`process.memory.usage\`, which are names of the semantic conventions, and the unit is not part of
the name: \`stepwright_execution_duration_seconds\` is \`stepwright.execution.duration\` in \`s\`. Prometheus makes the names above of these.
`;
}

function row([name, metric]: readonly [MetricName, MetricDescription], onAws: boolean): string {
  const labels = metric.dimensions.map((dimension) => `\`${dimension}\``).join(', ');
  const cells = [`\`${name}\``, metric.kind, labels, metric.meaning];
  return `| ${[...cells, ...(onAws ? [`\`${cloudWatchMetric(name).name}\``] : [])].join(' | ')} |`;
}
