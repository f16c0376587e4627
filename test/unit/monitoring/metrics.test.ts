import { afterEach, beforeEach, expect, test } from 'vitest';
import { createApi } from '#api/api.ts';
import { cloudWatchMetric } from '#monitoring/metrics/cloud-watch.ts';
import { grafanaDashboard } from '#monitoring/metrics/grafana.ts';
import { measure } from '#monitoring/metrics/measure.ts';
import { DIMENSIONS, METRIC_LIST, METRICS, type Sample } from '#monitoring/metrics/metric-table.ts';
import { OPEN_METRICS_TYPE, openMetricsText } from '#monitoring/metrics/open-metrics.ts';
import { otelMetric } from '#monitoring/metrics/otel-metric.ts';
import { MetricRegistry, MOST_VALUES } from '#monitoring/metrics/registry.ts';
import { apiCalls } from '#support/api-calls.ts';
import { readOpenMetrics } from '#support/open-metrics.ts';
import { World } from '#support/world.ts';

let world: World;
beforeEach(async () => {
  world = await World.create({ devices: [{ id: 'd1' }] });
});
afterEach(() => world[Symbol.dispose]());

/** What a run of a workflow counts. */
async function counted(fields: string): Promise<MetricRegistry> {
  const registry = new MetricRegistry();
  const following = world.monitoring.follow(world.ports);
  world.monitoring.tail.listen((events) => {
    for (const sample of measure(events.map(({ event }) => event))) registry.add(sample);
  });
  await world.run(fields);
  await world.quiet();
  following.close();
  return registry;
}

const standing = { gauges: [], version: '1.2.3' };

test('a run is counted and measured by workflow, command and status', async () => {
  const registry = await counted(`
steps:
  - { id: go, command: pump.start, device: d1 }
  - { id: lost, command: pump.start, device: nobody, catch: continue }
`);
  const text = openMetricsText(registry, standing);
  const samples = readOpenMetrics(text);
  expect(samples).toMatchObject({
    'stepwright_executions_started_total{workflow="tested"}': 1,
    'stepwright_executions_ended_total{workflow="tested",status="SUCCEEDED"}': 1,
    'stepwright_execution_duration_seconds_count{workflow="tested",status="SUCCEEDED"}': 1,
    'stepwright_commands_sent_total{workflow="tested",command="pump.start"}': 1,
    'stepwright_commands_ended_total{workflow="tested",command="pump.start",status="SUCCEEDED"}': 1,
    'stepwright_command_duration_seconds_bucket{command="pump.start",le="0.005"}': 1,
    'stepwright_command_duration_seconds_bucket{command="pump.start",le="+Inf"}': 1,
    'stepwright_steps_ended_total{workflow="tested",status="SUCCEEDED"}': 1,
    'stepwright_steps_ended_total{workflow="tested",status="FAILED"}': 1,
    'stepwright_build_info{version="1.2.3"}': 1,
  });
});

test('every sample is of a metric of the table, with its labels and no others', async () => {
  const samples: Sample[] = [];
  const following = world.monitoring.follow(world.ports);
  world.monitoring.tail.listen((events) => samples.push(...measure(events.map(({ event }) => event))));
  await world.run(`
steps:
  - { id: go, command: go, device: d1, compensate: { command: back } }
  - { id: ask, approve: { group: ops, timeout: 1h } }
`);
  await world.quiet();
  following.close();
  for (const { metric, labels } of samples)
    expect([metric, Object.keys(labels)]).toEqual([metric, [...METRICS[metric].dimensions]]);
  expect(samples.map(({ metric }) => metric)).toEqual(
    expect.arrayContaining(['stepwright_undos', 'stepwright_rollbacks', 'stepwright_approval_wait_seconds']),
  );
});

test('however many workflows there are, so many are told apart, and the sum is right', () => {
  const registry = new MetricRegistry();
  for (let at = 0; at < MOST_VALUES + 50; at++) {
    const labels = { workflow: `w${at}` };
    registry.add({ metric: 'stepwright_executions_started', value: 1, labels });
    registry.add({ metric: 'stepwright_executions_started', value: 1, labels });
  }
  const series = registry.seriesOf('stepwright_executions_started');
  expect(series).toHaveLength(MOST_VALUES + 1);
  expect(series.at(-1)).toMatchObject({ labels: { workflow: 'other' }, value: 100 });
});

test('labels are escaped, whatever a workflow is called', () => {
  const registry = new MetricRegistry();
  const labels = { workflow: 'a"b\\c\nd' };
  registry.add({ metric: 'stepwright_executions_started', value: 1, labels });
  expect(readOpenMetrics(openMetricsText(registry, standing))).toMatchObject({
    'stepwright_executions_started_total{workflow="a\\"b\\\\c\\nd"}': 1,
  });
});

test('buckets are cumulative, their bounds canonical, and what is beyond all is counted', () => {
  const registry = new MetricRegistry();
  for (const value of [0, 0.005, 1, 1e9])
    registry.add({ metric: 'stepwright_lease_wait_seconds', value, labels: { pool: 'p' } });
  expect(readOpenMetrics(openMetricsText(registry, standing))).toMatchObject({
    'stepwright_lease_wait_seconds_bucket{pool="p",le="0.005"}': 2,
    'stepwright_lease_wait_seconds_bucket{pool="p",le="1.0"}': 3,
    'stepwright_lease_wait_seconds_bucket{pool="p",le="86400.0"}': 3,
    'stepwright_lease_wait_seconds_bucket{pool="p",le="+Inf"}': 4,
    'stepwright_lease_wait_seconds_count{pool="p"}': 4,
  });
});

test('names keep to the conventions of OpenMetrics and CloudWatch, and no two are the same', () => {
  for (const [name, { unit, dimensions }] of METRIC_LIST) {
    expect(name).toMatch(/^[a-z][a-z_]*[a-z]$/);
    expect(name).not.toMatch(/_(total|count|sum|bucket|created|info)$/);
    expect(unit === 'none' || name.endsWith(`_${unit}`), name).toBe(true);
    expect(DIMENSIONS).toEqual(expect.arrayContaining([...dimensions]));
  }
  const names = METRIC_LIST.map(([name]) => cloudWatchMetric(name).name);
  expect(new Set(names).size).toBe(names.length);
  expect(cloudWatchMetric('stepwright_execution_duration_seconds')).toMatchObject({
    ...{ name: 'ExecutionDuration', unit: 'Seconds', statistic: 'p95' },
  });
});

test('Prometheus makes the same names of those of OpenTelemetry', () => {
  const suffixes: Readonly<Record<string, string>> = { s: '_seconds', By: '_bytes' };
  for (const [name, { of }] of METRIC_LIST) {
    const { name: dotted, unit } = otelMetric(name);
    const isConventional = dotted.startsWith('process.') && !name.startsWith(dotted.replaceAll('.', '_'));
    if (of === 'functions' || isConventional) continue;
    expect(`${dotted.replaceAll('.', '_')}${suffixes[unit] ?? ''}`).toBe(name);
  }
});

test('each metric has its panel on the dashboard, and none is asked for that does not exist', () => {
  const text = JSON.stringify(grafanaDashboard());
  const asked = [...text.matchAll(/\b(?:stepwright|process)_[a-z_]+(?=[[)"])/g)].map(([name]) =>
    name.replace(/_(total|bucket)$/, ''),
  );
  const shown = METRIC_LIST.filter(([, { of }]) => of !== 'functions').map(([name]) => name);
  expect(new Set(asked)).toEqual(new Set(shown));
});

test('the API gives the text with its media type, or says where metrics are', async () => {
  const monitoring = {
    feed: world.monitoring.log,
    liveUrl: () => undefined,
    metrics: async () => openMetricsText(new MetricRegistry(), standing),
  };
  const api = createApi({ ports: world.ports, monitoring, version: '1.2.3' });
  const request = { method: 'GET', path: '/v1/metrics', query: {}, headers: {} };
  const answer = await api(request);
  expect([answer.status, answer.headers['content-type']]).toEqual([200, OPEN_METRICS_TYPE]);
  expect(answer.body).toMatch(/\n# EOF\n$/);
  const without = apiCalls(createApi({ ports: world.ports, version: '1.2.3' }));
  expect(await without.problem('GET', '/v1/metrics')).toMatchObject({ status: 404, code: 'SW4117' });
  expect(await without.problem('GET', '/v1/events')).toMatchObject({ status: 503, code: 'SW4111' });
  expect((await without.good('GET', '/v1/live')).document).toEqual({});
});

test('the API gives events by page, by filter, and says what is asked wrongly', async () => {
  await world.run('steps: [{ id: go, command: go, device: d1 }]');
  const monitoring = {
    feed: world.monitoring.log,
    liveUrl: (host: string | undefined) => `ws://${host}/v1/live`,
    metrics: async () => undefined,
  };
  const api = apiCalls(createApi({ ports: world.ports, monitoring, version: '1.2.3' }));
  const page = await api.good('GET', '/v1/events?kind=command.*,device.online&limit=2&after=000000000000');
  expect(page.document).toMatchObject({
    events: [{ kind: 'device.online' }, { kind: 'command.sent', workflow: 'tested' }],
    ...{ more: true, gap: false },
  });
  expect((await api.good('GET', '/v1/events?device=nobody')).document).toMatchObject({ events: [] });
  expect((await api.good('GET', '/v1/live', { headers: { host: 'h:1' } })).document).toEqual({
    url: 'ws://h:1/v1/live',
  });
  expect(await api.problem('GET', '/v1/events?kind=boom')).toMatchObject({ status: 400, code: 'SW4116' });
  expect(await api.problem('GET', '/v1/events?after=soon')).toMatchObject({ code: 'SW4003' });
  expect(await api.problem('GET', '/v1/events?limit=0')).toMatchObject({ code: 'SW4001' });
});
