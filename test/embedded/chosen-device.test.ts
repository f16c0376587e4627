import { expect, test } from 'vitest';
import { skipStep } from '#executions/operate/skip.ts';
import { World } from '#support/world.ts';

const METERS = ['meter-1', 'meter-2'].map((id) => ({ id, type: 'meter', capabilities: { read: '1.0.0' } }));
const ON = 'on: { requires: { read: ">=1" }, exclude: [meter-2] }';
const READ = `{ id: read, command: meter.read, ${ON}`;

test.each([
  [
    'the answer',
    `${READ}, output: "{% { 'device': $target.id, 'litres': $result.litres } %}" }`,
    { device: 'meter-1', litres: 7 },
  ],
  [
    'an object of expressions',
    `${READ}, output: { device: "{% $target.id %}", all: "{% $result %}" } }`,
    { device: 'meter-1', all: { litres: 7 } },
  ],
  [
    'a step that is tried again',
    `${READ}, retry: { attempts: 2 }, output: "{% $target.id & ': ' & $result.litres %}" }`,
    'meter-1: 7',
  ],
  [
    'a command that nobody waits for',
    `${READ}, await: none, output: "{% { 'device': $target.id, 'id': $result.commandId } %}" }`,
    { device: 'meter-1', id: expect.stringContaining(':read:0') },
  ],
  [
    'a device that is named',
    `{ id: read, command: meter.read, device: meter-2, output: "{% $target.id %}" }`,
    'meter-2',
  ],
  [
    'the result alone, where the device is not asked for',
    `${READ}, output: "{% $result %}" }`,
    { litres: 7 },
  ],
])('later steps know by the output of %s which device it was', async (_what, step, output) => {
  using world = await World.create({
    devices: METERS,
    behave: () => ({ status: 'SUCCEEDED', result: { litres: 7 } }),
  });
  const steps = `steps:\n  - ${step}\n  - { id: later, set: { seen: "{% $read %}" } }\noutput: "{% $later.seen %}"`;
  expect(await world.run(steps)).toMatchObject({ status: 'SUCCEEDED', output });
});

test('a result that an operator gives says nothing of a device', async () => {
  using world = await World.create({ devices: METERS, behave: () => undefined });
  const id = await world.start(
    `steps: [${READ}, timeout: 1h, output: "{% { 'device': $target.id, 'litres': $result.litres } %}" }]\noutput: "{% $read %}"`,
  );
  await world.quiet();
  await skipStep(world.ports, id, { path: 'read', output: { litres: 3 }, by: 'ann' });
  expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED', output: { litres: 3 } });
});
