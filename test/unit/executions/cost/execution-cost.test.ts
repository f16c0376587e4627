import { afterEach, expect, test } from 'vitest';
import { planOf } from '#compiler/forecast/plan.ts';
import type { Json } from '#core/json.ts';
import { executionCost, usageOnAws } from '#executions/cost/execution-cost.ts';
import { describeExecution } from '#executions/describe.ts';
import { wholeHistory } from '#executions/read-history.ts';
import { compileText, workflowOf } from '#support/compile-text.ts';
import { World } from '#support/world.ts';

let world: World;
afterEach(() => world[Symbol.dispose]());

async function taken(fields: string, input: Json = {}) {
  const { id, machine } = await world.run(fields, input);
  const history = await wholeHistory(world.ports.engine, { machine, name: id });
  return usageOnAws({ definition: compileText(fields).definition, history, unwinds: [] });
}

/** Workflows that run as their plans say. */
const AS_PLANNED: Readonly<Record<string, string>> = {
  'commands one after the other': `
steps:
  - { id: a, command: go, device: d }
  - { id: b, set: { x: 1 } }
  - { id: c, command: go, device: d }`,
  'branches side by side': `
steps:
  - id: both
    parallel: { left: [{ id: a, command: go, device: d }], right: [{ id: b, wait: { for: 5s } }] }`,
  'an iteration': `
steps: [{ id: each, forEach: "{% ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j'] %}", steps: [{ id: a, command: go, device: d }] }]`,
  'a notification': `
steps: [{ id: tell, notify: { topic: ops, message: hello } }]`,
};

test.each(Object.entries(AS_PLANNED))('%s take what their plan says', async (_title, fields) => {
  world = await World.create({ devices: [{ id: 'd' }] });
  const { usage: planned } = await planOf(workflowOf(fields), { catalogue: undefined });
  // The devices of this world answer before the call returns, which leaves no TaskSubmitted.
  expect(await taken(fields)).toEqual({ ...planned, historyEvents: expect.any(Number) });
});

test('what is tried again is counted again', async () => {
  world = await World.create({ devices: [{ id: 'd' }] });
  const fields = 'steps: [{ id: a, command: go, device: d, retry: { attempts: 3, delay: 1s } }]';
  const once = await taken(fields);
  let failures = 2;
  world.behave = () =>
    failures-- > 0 ? { status: 'FAILED', error: 'Device.Busy' } : { status: 'SUCCEEDED', result: {} };
  const thrice = await taken(fields);
  expect(thrice.stateTransitions - once.stateTransitions).toBe(2);
  expect(thrice.writeUnits - once.writeUnits).toBe(2 * 27);
});

test('an undo costs, too', async () => {
  world = await World.create({ devices: [{ id: 'd' }] });
  const fields = `
steps:
  - { id: a, command: go, device: d, compensate: { command: back } }
  - { id: b, fail: { error: Plant.Unsafe } }`;
  const { id, status } = await world.run(fields);
  expect(status).toBe('ROLLED_BACK');
  const { cost, machine } = await describeExecution(world.ports, id, { withUsage: true });
  const history = await wholeHistory(world.ports.engine, { machine, name: id });
  const forward = executionCost({ definition: compileText(fields).definition, history, unwinds: [] });
  expect(cost?.dollarsPerRun).toBeGreaterThan(forward.dollarsPerRun * 1.8);
  expect(cost?.services['IoT Core']).toBeCloseTo(2 * (forward.services['IoT Core'] ?? 0), 8);
});

test('a run that was described without its usage has no cost', async () => {
  world = await World.create();
  const { id } = await world.run('steps: [{ id: a, set: { x: 1 } }]');
  expect(await describeExecution(world.ports, id)).not.toHaveProperty('cost');
});
