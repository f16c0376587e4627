import { PutTraceSegmentsCommand, XRayClient } from '@aws-sdk/client-xray';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { spanIdOf } from '#core/trace-context.ts';
import { startExecution } from '#executions/start.ts';
import { publishWorkflow } from '#executions/workflow-store.ts';
import { withTrace } from '#functions/api/trace-header.ts';
import { coldStartSamples } from '#functions/cold-start.ts';
import { executionOfMessage } from '#functions/device-message/execution-of-message.ts';
import { traceTeller } from '#functions/tell-steps/trace-teller.ts';
import { MOST_SEGMENTS, segmentDocuments } from '#functions/trace-segments.ts';
import { makeSpan } from '#monitoring/traces/span.ts';
import { compileText } from '#support/compile-text.ts';
import { World } from '#support/world.ts';

const TRACE = '6956a1004bf92f3577b34da6a3ce929d';
const PARENT = '00f067aa0ba902b7';
const xray = mockClient(XRayClient);
let warned: string[];
let world: World;
beforeEach(async () => {
  xray.reset();
  xray.on(PutTraceSegmentsCommand).resolves({ UnprocessedTraceSegments: [] });
  warned = [];
  world = await World.create({ devices: [{ id: 'd1', type: 'pump' }] });
});
afterEach(() => world[Symbol.dispose]());

/** A segment document (AWS X-Ray Developer Guide, "Segment documents"). */
const SegmentSchema = z.looseObject({
  name: z.string().regex(/^[\p{L}\p{N}\s_.:/%&#=+\\\-@]{1,200}$/u),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  trace_id: z.string().regex(/^1-[0-9a-f]{8}-[0-9a-f]{24}$/),
  parent_id: z.string().optional(),
  type: z.literal('subsegment').optional(),
  namespace: z.literal('remote').optional(),
  start_time: z.number(),
  end_time: z.number(),
  fault: z.literal(true).optional(),
  annotations: z.record(z.string().regex(/^\w+$/), z.unknown()),
});

function written(): z.infer<typeof SegmentSchema>[] {
  return xray
    .commandCalls(PutTraceSegmentsCommand)
    .flatMap(({ args: [{ input }] }) => input.TraceSegmentDocuments ?? [])
    .map((document) => SegmentSchema.parse(JSON.parse(document)));
}

const teller = () =>
  traceTeller(world.ports.table, {
    client: new XRayClient({ region: 'eu-central-1' }),
    logger: { warn: (message, why) => warned.push(`${message}: ${why.message}`) },
  });

async function ran(fields: string, traceparent?: string) {
  const compiled = compileText(fields);
  await publishWorkflow(world.ports, compiled, '');
  const { id } = await startExecution(world.ports, { workflow: compiled.name, input: {}, traceparent });
  return world.settle(id);
}

const GO = 'steps: [{ id: go, command: go, device: d1 }]';

test('the segments of an execution are under the call that started it, down to the device', async () => {
  const view = await ran(GO, `00-${TRACE}-${PARENT}-01`);
  await teller()(view);
  const id = (kind: string, ...key: string[]): string => spanIdOf(kind, ...key);
  expect(written()).toMatchObject([
    {
      ...{ name: 'tested', id: id('execution', view.id), parent_id: PARENT },
      trace_id: `1-${TRACE.slice(0, 8)}-${TRACE.slice(8)}`,
      annotations: { execution: view.id, workflow: 'tested' },
    },
    { name: 'go', type: 'subsegment', id: id('step', view.id, 'go'), parent_id: id('execution', view.id) },
    { name: 'go', namespace: 'remote', parent_id: id('step', view.id, 'go') },
    { name: 'devices', parent_id: id('command', `${view.id}:go:0`), annotations: { device: 'd1' } },
  ]);
  expect(written().map(({ start_time }) => start_time)).toEqual(Array(4).fill(view.startedAt / 1_000));
  expect(warned).toEqual([]);
});

test('a failure is a fault, with its cause', async () => {
  world.behave = () => ({ status: 'FAILED', error: 'Device.Sick', cause: 'it leaks' });
  await teller()(await ran(GO, `00-${TRACE}-${PARENT}-00`));
  expect(written().at(-1)).toMatchObject({
    fault: true,
    cause: { exceptions: [{ type: 'Device.Sick', message: 'it leaks' }] },
  });
});

test('what is not sampled, or in no trace, is not written', async () => {
  await teller()(await ran(GO, `00-${TRACE}-${PARENT}-00`));
  await teller()(await ran(GO));
  expect(written()).toEqual([]);
});

test('an X-Ray that takes nothing, or not all, is told of in the log, and nobody hears of it otherwise', async () => {
  const view = await ran(GO, `00-${TRACE}-${PARENT}-01`);
  xray.on(PutTraceSegmentsCommand).resolvesOnce({ UnprocessedTraceSegments: [{ Id: 'x' }] });
  await teller()(view);
  xray.on(PutTraceSegmentsCommand).rejects(new Error('throttled'));
  await teller()(view);
  expect(warned).toEqual([
    'a trace could not be told: X-Ray has refused 1 of 4 segments',
    'a trace could not be told: throttled',
  ]);
});

test('documents are bounded in number, and their names are such as X-Ray takes', () => {
  const span = makeSpan(TRACE, {
    ...{ spanId: PARENT, parentSpanId: undefined, name: 'a"b<c>', startedAt: 2, endedAt: 1 },
  });
  const documents = segmentDocuments(Array.from({ length: MOST_SEGMENTS + 5 }, () => span));
  expect(documents).toHaveLength(MOST_SEGMENTS);
  expect(SegmentSchema.parse(JSON.parse(documents[0] ?? ''))).toMatchObject({
    ...{ name: 'a-b-c-', start_time: 0.002, end_time: 0.002 },
  });
});

const request = { method: 'POST', path: '/', query: {}, headers: {} };
const XRAY = `Root=1-${TRACE.slice(0, 8)}-${TRACE.slice(8)};Parent=${PARENT};Sampled=1;Lineage=1:a:0`;

test.each([
  ['the segment of X-Ray, where the caller says nothing', {}, XRAY, `00-${TRACE}-${PARENT}-01`],
  ['what the caller says', { traceparent: 'theirs' }, XRAY, 'theirs'],
  ['nothing, where there is no segment', {}, undefined, undefined],
  ['nothing, where nobody has begun a segment', {}, XRAY.replace(/Parent=\w+;/, ''), undefined],
])('what a call starts is under %s', (_what, headers, xrayHeader, expected) => {
  expect(withTrace({ ...request, headers }, xrayHeader).headers['traceparent']).toBe(expected);
});

test('a message of a device says which execution its command is of', () => {
  expect(executionOfMessage({ id: '01ABC:rollout[3].flash:0', status: 'RUNNING' })).toBe('01ABC');
  expect(executionOfMessage({ id: '01ABC', status: 'RUNNING' })).toBeUndefined();
  expect(executionOfMessage({ status: 'online' })).toBeUndefined();
});

test('the first call of an instance counts a cold start, and the others nothing', () => {
  expect(coldStartSamples('api', 0.31)).toEqual([
    { metric: 'stepwright_function_cold_starts', value: 1, labels: { function: 'api' } },
    { metric: 'stepwright_function_init_seconds', value: 0.31, labels: { function: 'api' } },
  ]);
  expect(coldStartSamples('api', 5)).toEqual([]);
});
