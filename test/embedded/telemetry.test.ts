import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createApi } from '#api/api.ts';
import { publishText } from '#api/publish.ts';
import { parseTraceparent } from '#core/trace-context.ts';
import type { CommandMessage } from '#devices/messages.ts';
import { CommandFailure } from '#devices/sdk/command-server.ts';
import { connectDevice } from '#devices/sdk/device.ts';
import { type Runtime, startRuntime } from '#embedded/runtime.ts';
import { otlpSettings } from '#embedded/telemetry/settings.ts';
import { tracedApi } from '#embedded/telemetry/traced-api.ts';
import { apiCalls } from '#support/api-calls.ts';
import { type CollectedSpan, OtlpCollector } from '#support/otlp-collector.ts';

let folder: string;
let collector: OtlpCollector;
let stack: AsyncDisposableStack;
let told: string[];
let heard: CommandMessage[];
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-telemetry-'));
  stack = new AsyncDisposableStack();
  collector = stack.use(await OtlpCollector.start());
  told = [];
  heard = [];
});
afterEach(async () => {
  await stack.disposeAsync();
  rmSync(folder, { recursive: true, force: true });
});

const CHILD = `
stepwright: 1
name: flash
version: 1.0.0
steps:
  - { id: install, command: firmware.install, device: pump, compensate: { command: firmware.revert } }
`;
const PARENT = `
stepwright: 1
name: rollout
version: 1.0.0
steps:
  - id: both
    parallel:
      left: [{ id: sub, workflow: { name: flash } }]
      right: [{ id: note, set: { x: 1 } }]
  - { id: check, command: health.check, device: pump }
`;

/** A server with a device that installs, and fails what checks it. */
async function serve(environment: Readonly<Record<string, string>> = {}): Promise<Runtime> {
  const settings = otlpSettings(collector.url, { OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json', ...environment });
  if (settings === undefined) throw new Error('no telemetry was asked for');
  const report = (trouble: Error | 'well again'): number =>
    told.push(trouble instanceof Error ? trouble.message : trouble);
  const runtime = stack.adopt(
    await startRuntime({
      databasePath: join(folder, 'stepwright.db'),
      broker: { host: '127.0.0.1', port: 0 },
      telemetry: { settings, version: '1.2.3', report },
      onDefect: (error) => told.push(String(error)),
    }),
    (started) => started.close(),
  );
  const device = await connectDevice({
    ...{ id: 'pump', url: runtime.broker.url, describe: () => ({ type: 'pump' }) },
    execute: async (message) => {
      heard.push(message);
      if (message.command === 'health.check') throw new CommandFailure('Device.Sick', 'it leaks');
      return { result: {} };
    },
  });
  stack.adopt(device, (connected) => connected.close());
  await runtime.whenOnline(['pump']);
  for (const text of [CHILD, PARENT]) await publishText(runtime.ports, text);
  return runtime;
}

const StartedSchema = z.object({ executionId: z.string() });

async function startBy(
  { ports, telemetry }: Runtime,
  workflow: string,
  headers: Record<string, string> = {},
): Promise<string> {
  if (telemetry === undefined) throw new Error('there is no telemetry');
  const api = apiCalls(tracedApi(createApi({ ports, version: '1.2.3' }), telemetry, ports.clock));
  const { document } = await api.good('POST', `/v1/workflows/${workflow}/executions`, {
    body: JSON.stringify({ input: {} }),
    headers,
  });
  return StartedSchema.parse(document).executionId;
}

const CALLER = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const named = (name: string): CollectedSpan[] => collector.spans.filter((span) => span.name === name);
const rootOf = (workflow: string) => (): boolean => named(workflow).length > 0;

/** Names of spans from one up to where the trace was begun. */
function wayUp(span: CollectedSpan | undefined): string[] {
  if (span === undefined) return [];
  const parent = collector.spans.find(({ spanId }) => spanId === span.parentSpanId);
  return [span.name, ...(parent === undefined ? [`caller ${span.parentSpanId}`] : wayUp(parent))];
}

test('one trace goes from the call of the API through a called workflow to the device, and to its undo', async () => {
  const runtime = await serve();
  const traceparent = `00-${CALLER.traceId}-${CALLER.spanId}-01`;
  const id = await startBy(runtime, 'rollout', { traceparent });
  expect((await runtime.whenSettled(id)).status).toBe('ROLLED_BACK');
  await collector.until(rootOf('rollout'));
  await collector.until(() => named('rollback').length > 0 && named('firmware.revert').length > 0);

  expect(new Set(collector.spans.map(({ traceId }) => traceId))).toEqual(new Set([CALLER.traceId]));
  const api = 'POST /v1/workflows/{name}/executions';
  const start = ['rollout', api, `caller ${CALLER.spanId}`];
  const [install] = named('firmware.install on device');
  const steps = ['firmware.install on device', 'firmware.install', 'install', 'flash', 'sub', 'both'];
  expect(wayUp(install)).toEqual([...steps, ...start]);
  const [check] = named('health.check on device');
  expect(wayUp(check)).toEqual(['health.check on device', 'health.check', 'check', ...start]);
  const [undo] = named('firmware.revert on device');
  expect(wayUp(undo)).toEqual([
    ...['firmware.revert on device', 'firmware.revert', 'rollback', 'flash', 'sub', 'both'],
    ...start,
  ]);

  const command = named('firmware.install')[0];
  expect(command?.events.map(({ name }) => name)).toEqual(['queued', 'sent', 'answered']);
  expect(named('firmware.revert')[0]?.links).toMatchObject([{ spanId: command?.spanId }]);
  expect(named('health.check')[0]).toMatchObject({
    status: { code: 2, message: 'Device.Sick: it leaks' },
    attributes: { 'stepwright.device.id': 'pump', 'error.type': 'Device.Sick' },
  });
  expect(named('rollout').at(-1)).toMatchObject({
    attributes: { 'stepwright.execution.id': id, 'stepwright.execution.status': 'ROLLED_BACK' },
  });
  for (const { startTimeUnixNano, endTimeUnixNano } of collector.spans)
    expect(endTimeUnixNano).toBeGreaterThanOrEqual(startTimeUnixNano);
  expect(collector.resources[0]).toMatchObject({ 'service.name': 'stepwright', 'service.version': '1.2.3' });
  expect(told).toEqual([]);
});

test('a device is told of the span that is its own, so that its spans join in', async () => {
  const runtime = await serve();
  await startBy(runtime, 'flash');
  await collector.until(rootOf('flash'));
  const [own] = named('firmware.install on device');
  expect(heard.map((message) => parseTraceparent(message.traceparent))).toEqual([
    { traceId: own?.traceId, spanId: own?.spanId, isSampled: true },
  ]);
});

test('of traces that are not sampled, those that fail are told, and the others are not', async () => {
  const runtime = await serve({ OTEL_TRACES_SAMPLER: 'parentbased_always_off' });
  const quiet = await startBy(runtime, 'flash');
  await runtime.whenSettled(quiet);
  await startBy(runtime, 'rollout');
  await collector.until(rootOf('rollout'));
  const ids = new Set(collector.spans.map(({ attributes }) => attributes['stepwright.execution.id']));
  expect(ids.has(quiet)).toBe(false);
  expect(named('health.check')).toHaveLength(1);
  expect(named('POST /v1/workflows/{name}/executions')).toEqual([]);
  expect(heard.map((message) => parseTraceparent(message.traceparent)?.isSampled)).toContain(false);
});

test('metrics are told by the names of OpenTelemetry, as sums since the start', async () => {
  const runtime = await serve({ OTEL_METRIC_EXPORT_INTERVAL: '1000', OTEL_TRACES_EXPORTER: 'none' });
  await startBy(runtime, 'flash');
  const metric = (name: string) => collector.metrics.find((each) => each.name === name);
  await collector.until(() => metric('stepwright.execution.cost.dollars') !== undefined);
  expect(metric('stepwright.executions.ended')?.sum).toMatchObject({
    ...{ isMonotonic: true, aggregationTemporality: 2 },
    dataPoints: [{ attributes: { workflow: 'flash', status: 'SUCCEEDED' }, asDouble: 1 }],
  });
  expect(metric('stepwright.command.duration')).toMatchObject({
    unit: 's',
    histogram: { dataPoints: [{ attributes: { command: 'firmware.install' }, count: 1 }] },
  });
  expect(metric('stepwright.devices')?.gauge?.dataPoints).toMatchObject([
    { attributes: { status: 'online' }, asDouble: 1 },
    { attributes: { status: 'offline' }, asDouble: 0 },
  ]);
  expect(metric('process.memory.usage')?.unit).toBe('By');
  expect(collector.spans).toEqual([]);
});

test('in protobuf, which is the default, the collector is told the same', async () => {
  const runtime = await serve({ OTEL_EXPORTER_OTLP_PROTOCOL: '', OTEL_METRICS_EXPORTER: 'none' });
  await startBy(runtime, 'flash');
  await collector.until(() => collector.received.some(({ body }) => body.includes('firmware.install')));
  expect(collector.received[0]).toMatchObject({
    path: '/v1/traces',
    headers: { 'content-type': 'application/x-protobuf' },
  });
});

test('a collector that takes nothing disturbs nobody, and is told of once, and when it is well again', async () => {
  collector.status = 400;
  const runtime = await serve({ OTEL_METRIC_EXPORT_INTERVAL: '1000' });
  const id = await startBy(runtime, 'flash');
  expect((await runtime.whenSettled(id)).status).toBe('SUCCEEDED');
  await collector.until(() => collector.received.length >= 3);
  expect(told).toEqual([expect.stringContaining('the collector takes no telemetry')]);
  collector.status = 200;
  await collector.until(() => collector.metrics.length > 0);
  await collector.until(() => told.length > 1);
  expect(told.slice(1)).toEqual(['well again']);
});
