import { describe, expect, test } from 'vitest';
import { registerAndWake } from '#devices/wake-waits.ts';
import { skipStep } from '#executions/operate/skip.ts';
import { stopExecution } from '#executions/stop.ts';
import { listNotifications } from '#notifications/notification.ts';
import { World } from '#support/world.ts';

const WAITING = `
steps:
  - id: read
    command: meter.read
    on: { requires: { read: ">=2" }, whenNone: { wait: 2h, escalate: ops } }
    catch: [{ on: [Device.NoneFits], steps: [{ id: late, set: { late: true } }] }]
output: { read: "{% $exists($read) ? $read : 'nothing' %}" }
`;
const METER = { id: 'meter', type: 'meter', capabilities: { read: '1.0.0' } } as const;

describe('a command that waits for a device', () => {
  test('is sent to the one that comes to fit, and the step goes on with its answer', async () => {
    using world = await World.create({
      devices: [METER],
      behave: () => ({ status: 'SUCCEEDED', result: 7 }),
    });
    const id = await world.start(WAITING);
    await world.quiet();
    expect(world.sent).toEqual([]);
    const day = new Date(world.clock.now()).toISOString().slice(0, 10);
    const told = async () => (await listNotifications(world.ports.table, { day })).notifications;
    await world.until(async () => (await told()).length > 0);
    expect(await told()).toMatchObject([
      { topic: 'routing', message: { group: 'ops', execution: id, path: 'read', command: 'meter.read' } },
    ]);
    await registerAndWake(world.ports, { id: 'meter', capabilities: { read: '2.0.0' } });
    expect(await world.settle(id)).toMatchObject({
      status: 'SUCCEEDED',
      output: { read: 7 },
      steps: [{ id: 'read', device: 'meter', attempts: 1 }, { id: 'late' }],
    });
    expect(world.sent).toHaveLength(1);
  });

  test('fails when its time is over, and the step is caught', async () => {
    using world = await World.create({ devices: [METER] });
    const began = world.clock.now();
    const view = await world.run(WAITING);
    expect(view).toMatchObject({ status: 'SUCCEEDED', output: { read: 'nothing' } });
    expect(view.steps[0]).toMatchObject({
      error: 'Device.NoneFits',
      cause: expect.stringContaining('within 7200 s, no device fits: with read >=2, 1 looked at'),
    });
    expect(world.clock.now() - began).toBeGreaterThanOrEqual(7_200_000);
  });

  test('is never sent once its execution was stopped', async () => {
    using world = await World.create({ devices: [METER] });
    const id = await world.start(WAITING);
    await world.quiet();
    await stopExecution(world.ports, id, 'not today');
    await world.settle(id);
    await registerAndWake(world.ports, { id: 'meter', capabilities: { read: '2.0.0' } });
    await world.quiet();
    expect(world.sent).toEqual([]);
  });

  test('can be skipped by an operator', async () => {
    using world = await World.create({ devices: [METER] });
    const id = await world.start(WAITING);
    await world.quiet();
    await skipStep(world.ports, id, { path: 'read', output: 3, by: 'ann' });
    expect(await world.settle(id)).toMatchObject({ status: 'SUCCEEDED', output: { read: 3 } });
    await registerAndWake(world.ports, { id: 'meter', capabilities: { read: '2.0.0' } });
    await world.quiet();
    expect(world.sent).toEqual([]);
  });
});
