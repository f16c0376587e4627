import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatTraceparent } from '#core/trace-context.ts';
import type { ExecutionView } from '#executions/describe.ts';
import { startExecution } from '#executions/start.ts';
import { publishWorkflow } from '#executions/workflow-store.ts';
import { MOST_SPANS } from '#monitoring/traces/execution-spans.ts';
import { readSpans } from '#monitoring/traces/read-spans.ts';
import type { TraceSpan } from '#monitoring/traces/span.ts';
import { compileText } from '#support/compile-text.ts';
import { World } from '#support/world.ts';

const PLACE = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };

let world: World;
beforeEach(async () => {
  world = await World.create({ devices: [{ id: 'd1' }, { id: 'd2' }] });
});
afterEach(() => world[Symbol.dispose]());

async function ran(fields: string, isSampled = true): Promise<ExecutionView> {
  const compiled = compileText(fields);
  await publishWorkflow(world.ports, compiled, '');
  const traceparent = formatTraceparent({ ...PLACE, isSampled });
  const { id } = await startExecution(world.ports, { workflow: compiled.name, input: {}, traceparent });
  return world.settle(id);
}

const spansOf = (view: ExecutionView): Promise<readonly TraceSpan[]> => readSpans(world.ports.table, view);

/** Each span by the names of those that it is under. */
function tree(spans: readonly TraceSpan[]): string[] {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const way = ({ name, parentSpanId = '' }: TraceSpan): string => {
    const parent = byId.get(parentSpanId);
    return parent === undefined ? name : `${way(parent)} > ${name}`;
  };
  return spans.map(way);
}

test('steps are under those around them, commands under their steps, each try by itself', async () => {
  let failures = 1;
  world.behave = () =>
    failures-- > 0 ? { status: 'FAILED', error: 'Device.Busy' } : { status: 'SUCCEEDED', result: {} };
  const spans = await spansOf(
    await ran(`
steps:
  - id: each
    forEach: "{% ['d1', 'd2'] %}"
    maxConcurrency: 1
    steps:
      - { id: go, command: go, device: "{% $item %}", retry: { attempts: 2, delay: 1s } }
  - { id: how, choose: [{ if: "{% true %}", steps: [{ id: yes, set: { x: 1 } }] }] }
`),
  );
  expect(tree(spans)).toEqual([
    ...['tested', 'tested > each', 'tested > each > go', 'tested > each > go'],
    ...['tested > how', 'tested > how > yes'],
    ...Array(3).fill(['tested > each > go > go', 'tested > each > go > go > go on device']).flat(),
  ]);
  expect(new Set(spans.map(({ spanId }) => spanId)).size).toBe(spans.length);
  expect(spans.filter(({ failure }) => failure !== undefined).map(({ name }) => name)).toEqual([
    ...['go', 'go on device'],
  ]);
});

test('an undo is under the rollback, and about the command that it undoes', async () => {
  const spans = await spansOf(
    await ran(`
steps:
  - { id: a, command: set, device: d1, compensate: { command: unset } }
  - { id: b, fail: { error: Plant.Unsafe, cause: too hot } }
`),
  );
  expect(tree(spans)).toContain('tested > rollback > unset > unset on device');
  const find = (name: string) => spans.find((span) => span.name === name);
  expect(find('unset')?.about).toEqual([find('set')?.spanId]);
  expect(find('tested')).toMatchObject({
    ...{ parentSpanId: PLACE.spanId, failure: { error: 'Plant.Unsafe' } },
    attributes: { 'stepwright.execution.status': 'ROLLED_BACK' },
  });
});

test('moments of a command are told in order, and no secrets with them', async () => {
  const spans = await spansOf(
    await ran('steps: [{ id: go, command: go, device: d1, with: { pin: "4711" } }]'),
  );
  expect(spans.find(({ role }) => role === 'client')?.moments.map(({ name }) => name)).toEqual([
    ...['queued', 'sent', 'answered'],
  ]);
  expect(JSON.stringify(spans)).not.toContain('4711');
});

test('a command that nobody answers has no answer, and its time is up', async () => {
  world.behave = () => undefined;
  const spans = await spansOf(await ran('steps: [{ id: go, command: go, device: d1, timeout: 5s }]'));
  const command = spans.find(({ role }) => role === 'client');
  expect(command?.moments.map(({ name }) => name)).toEqual(['queued', 'sent', 'timed out']);
  expect(command?.failure?.error).toBe('Device.Timeout');
  expect((command?.endedAt ?? 0) - (command?.startedAt ?? 0)).toBe(5_000);
});

test('a decision is told by its name', async () => {
  const view = await ran('steps: [{ id: go, set: { x: 1 } }]');
  const [step] = view.steps;
  if (step === undefined) throw new Error('there is no step');
  const because = { decision: 'policy', version: '1.0.0' };
  const spans = await spansOf({ ...view, steps: [{ ...step, because }] });
  expect(spans[1]?.attributes).toMatchObject({
    ...{ 'stepwright.decision.name': 'policy', 'stepwright.decision.version': '1.0.0' },
  });
});

test('what is in no trace, or not sampled and well, has no spans', async () => {
  expect(await spansOf(await ran('steps: [{ id: go, set: { x: 1 } }]', false))).toEqual([]);
  expect(await spansOf(await world.run('steps: [{ id: go, set: { x: 1 } }]'))).toEqual([]);
});

test('what fails has spans, though it is not sampled', async () => {
  expect(await spansOf(await ran('steps: [{ id: no, fail: { error: E } }]', false))).toHaveLength(2);
});

test('however many steps there are, spans are bounded, and it is told how many are left out', async () => {
  const view = await ran('steps: [{ id: go, set: { x: 1 } }]');
  const [step] = view.steps;
  if (step === undefined) throw new Error('there is no step');
  const steps = Array.from({ length: MOST_SPANS + 10 }, () => step);
  const spans = await spansOf({ ...view, steps });
  expect(spans).toHaveLength(MOST_SPANS);
  expect(spans[0]?.attributes['stepwright.spans.not_told']).toBe(11);
});

test('a command that was never sent has no span of a device', async () => {
  await world.presence('d1', 'offline');
  const spans = await spansOf(await ran('steps: [{ id: go, command: go, device: d1, expires: 5s }]'));
  expect(tree(spans)).toEqual(['tested', 'tested > go', 'tested > go > go']);
  expect(spans.at(-1)).toMatchObject({ role: 'client', failure: { error: 'Device.Expired' } });
});

test('a rollback that leaves something has failed', async () => {
  world.behave = (_device, { command }) =>
    command === 'unset' ? { status: 'FAILED', error: 'Device.Failed' } : { status: 'SUCCEEDED' };
  const spans = await spansOf(
    await ran(`
steps:
  - { id: a, command: set, device: d1, compensate: { command: unset } }
  - { id: b, fail: { error: Plant.Unsafe } }
`),
  );
  const rollback = spans.find(({ name }) => name === 'rollback');
  expect(rollback?.failure?.error).toBe('Workflow.RollbackIncomplete');
  expect(spans[0]?.attributes['stepwright.execution.status']).toBe('ROLLBACK_INCOMPLETE');
});
