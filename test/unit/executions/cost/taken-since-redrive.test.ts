import { expect, test } from 'vitest';
import { USAGE_UNITS } from '#compiler/forecast/usage.ts';
import { describeExecution } from '#executions/describe.ts';
import { redriveExecution } from '#executions/operate/redrive.ts';
import { World } from '#support/world.ts';

test('what is told after each end of an execution that was redriven adds up to the whole', async () => {
  let works = false;
  using world = await World.create({
    devices: [{ id: 'd1' }],
    behave: () => (works ? { status: 'SUCCEEDED' } : { status: 'FAILED', error: 'Device.Failed' }),
  });
  const taken = async (id: string) => {
    const view = await describeExecution(world.ports, id, { withTaken: true });
    if (view.taken === undefined) throw new Error('nothing was told');
    return view.taken;
  };
  const { id } = await world.run(
    'steps: [{ id: a, command: go, device: d1, retry: { attempts: 3, delay: 1s } }, { id: b, set: { x: 1 } }]',
  );
  const first = await taken(id);
  works = true;
  await world.clock.advance(1_000);
  await redriveExecution(world.ports, id, { by: 'ann' });
  await world.settle(id);
  const second = await taken(id);
  const { cost } = await describeExecution(world.ports, id, { withUsage: true });
  expect(second.lambdaCalls).toBeGreaterThan(0);
  expect(first.dollars + second.dollars).toBeCloseTo(cost?.dollarsPerRun ?? 0, 9);
  for (const unit of USAGE_UNITS) expect(second[unit], unit).toBeGreaterThanOrEqual(0);
});
