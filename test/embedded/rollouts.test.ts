import { describe, expect, test } from 'vitest';
import { registerDevice } from '#devices/registry.ts';
import { beginNextWave } from '#executions/operate/next-wave.ts';
import { redriveExecution } from '#executions/operate/redrive.ts';
import { stopExecution } from '#executions/stop.ts';
import { compileText } from '#support/compile-text.ts';
import { type Behaviour, World } from '#support/world.ts';
import { deviceKeys, executionKeys } from '#table/keys.ts';

const FLEET = [
  { id: 'p1', type: 'pump', zone: 'east', tags: { ring: 'late' }, reported: { firmware: '1' } },
  { id: 'p2', type: 'pump', zone: 'east', tags: { ring: 'early' }, reported: { firmware: '1' } },
  { id: 'p3', type: 'pump', zone: 'west', tags: { ring: 'late' }, reported: { firmware: '2' } },
  { id: 'v1', type: 'valve', zone: 'west', tags: { ring: 'early' }, reported: { firmware: '1' } },
];

const rollout = (fields: string): string => `
steps:
  - { id: targets, devices: {} }
  - id: rollout
    forEach: "{% $targets %}"
    as: device
    maxConcurrency: 1
    ${fields}
    steps: [{ id: flash, command: flash, device: "{% $device.id %}" }]
`;

/** Fails on these devices. */
function failingOn(...devices: readonly string[]): Behaviour {
  return (device) =>
    devices.includes(device) ? { status: 'FAILED', error: 'Device.Failed' } : { status: 'SUCCEEDED' };
}

const flashed = (world: World): readonly string[] => world.sent.map(({ device }) => device);

describe('the waves of a rollout', () => {
  test('begin with canaries, and their choice is on record', async () => {
    using world = await World.create({ devices: FLEET });
    const { id, status } = await world.run(
      rollout('waves: [{ canary: { cover: [type, reported.firmware, zone], max: 2 } }, { rest: true }]'),
    );
    expect(status).toBe('SUCCEEDED');
    expect(flashed(world)).toEqual(['p1', 'p3', 'p2', 'v1']);
    expect(await world.ports.table.get(executionKeys.rolloutPlan(id, 'rollout'))).toMatchObject({
      waves: [
        { from: 0, to: 2 },
        { from: 2, to: 4 },
      ],
      canaries: [
        {
          chosen: [
            { device: 'p1', covers: ['reported.firmware=1', 'type=pump', 'zone=east'], standsFor: 2 },
            { device: 'p3', covers: ['reported.firmware=2', 'zone=west'], standsFor: 1 },
          ],
          ...{ kinds: 3, covered: 2 },
        },
      ],
    });
  });

  test.each([
    ['by tag', '{ tag: { ring: early } }, { rest: true }', ['p2', 'v1', 'p1', 'p3']],
    [
      'by the fields and tags of an item',
      `{ where: "ring = 'late' and zone = $input.zone" }, { rest: true }`,
      ['p3', 'p1', 'p2', 'v1'],
    ],
    ['by an expression', '{ count: "{% $input.first %}" }, { rest: true }', ['p1', 'p2', 'p3', 'v1']],
    [
      'by an expression beside a tag',
      '{ tag: { ring: early } }, { count: "{% $input.first %}" }, { rest: true }',
      ['p2', 'v1', 'p1', 'p3'],
    ],
  ])('are chosen %s', async (_, waves, order) => {
    using world = await World.create({ devices: FLEET });
    const { status, steps } = await world.run(rollout(`waves: [${waves}]`), { zone: 'west', first: 1 });
    expect(status).toBe('SUCCEEDED');
    expect(flashed(world)).toEqual(order);
    expect(steps.filter(({ id }) => id === 'flash').map(({ path }) => path)).toEqual(
      order.map((_device, at) => `rollout[${at}].flash`),
    );
  });

  test('of no items are none', async () => {
    using world = await World.create();
    const { output } = await world.run(rollout('waves: [{ tag: { ring: early } }, { rest: true }]'));
    expect(output).toEqual({ targets: [], rollout: [] });
  });

  test.each([
    [
      'bears what it tolerates itself',
      '{ count: 2, tolerate: { count: 1 } }, { rest: true }',
      ['p1'],
      'SUCCEEDED',
      4,
    ],
    [
      'ends the rollout when more fail in it',
      '{ count: 2, tolerate: { count: 1 } }, { rest: true }',
      ['p1', 'p2'],
      'FAILED',
      2,
    ],
    [
      'bears nothing beside one that says so',
      '{ count: 2, tolerate: { count: 1 } }, { rest: true }',
      ['p3'],
      'FAILED',
      3,
    ],
    [
      'bears a share of its own items',
      '{ percent: 50, tolerate: { percent: 50 } }, { rest: true, tolerate: { percent: 50 } }',
      ['p1', 'p3'],
      'SUCCEEDED',
      4,
    ],
  ])('each %s', async (_, waves, failing, status, sent) => {
    using world = await World.create({ devices: FLEET, behave: failingOn(...failing) });
    const view = await world.run(rollout(`waves: [${waves}]`));
    expect(view.status).toBe(status);
    expect(world.sent).toHaveLength(sent);
  });

  test('fail with all together, though each bears its own', async () => {
    using world = await World.create({ devices: FLEET, behave: failingOn('p1', 'p3') });
    const { status, cause } = await world.run(
      rollout(
        'tolerate: { count: 1 }\n    waves: [{ count: 2, tolerate: { count: 1 } }, { rest: true, tolerate: { count: 1 } }]',
      ),
    );
    expect(status).toBe('FAILED');
    expect(cause).toContain('2 of 4 iterations of "rollout" failed, and 1 are tolerated');
  });

  test.each([
    ['bears as many failures as its expression says', '$input.borne', 'SUCCEEDED', undefined],
    ['fails when its expression gives no number', '$input.words', 'FAILED', 'Step.InvalidArguments'],
  ])('that %s', async (_, most, status, error) => {
    using world = await World.create({ devices: FLEET, behave: failingOn('p1', 'p3') });
    const view = await world.run(rollout(`tolerate: { count: "{% ${most} %}" }`), {
      borne: 2,
      words: 'many',
    });
    expect(view.status).toBe(status);
    expect(view.error).toBe(error);
  });

  test('count a failure no more once a redrive runs it again', async () => {
    using world = await World.create({ devices: FLEET, behave: failingOn('p1', 'p2') });
    const { id } = await world.run(rollout('waves: [{ count: 2, tolerate: { count: 1 } }, { rest: true }]'));
    world.behave = failingOn();
    await redriveExecution(world.ports, id, { by: 'ann' });
    expect((await world.settle(id)).status).toBe('SUCCEEDED');
  });
});

describe('devices that a rollout claims', () => {
  const claiming = (claim: string, name: string, change: readonly [string, string] = ['', '']) => {
    const text = rollout(`claim: ${claim}`).replace(...change);
    return { ...compileText(text), name };
  };
  /** Claims and does nothing more until it is stopped. */
  const holding = async (world: World, where = 'true'): Promise<string> => {
    const text = rollout('claim: refuse').replace('devices: {}', `devices: { where: "${where}" }`);
    const waiting = text.replace(/steps: \[.*\]/, 'steps: [{ id: hold, wait: { event: { name: go } } }]');
    const id = await world.start({ ...compileText(waiting), name: 'holding' });
    await world.quiet();
    return id;
  };
  const stop = async (world: World, id: string): Promise<void> => {
    await stopExecution(world.ports, id);
    await world.settle(id);
  };
  const holderOf = async (world: World, device: string) =>
    (await world.ports.table.get(deviceKeys.claim(device)))?.['execution'];

  test('are refused to another, with the name of the one that has them, and free when it ends', async () => {
    using world = await World.create({ devices: FLEET });
    const first = await holding(world);
    expect(await holderOf(world, 'p1')).toBe(first);
    const second = await world.run(claiming('refuse', 'two'));
    expect(second).toMatchObject({ status: 'FAILED', error: 'Device.Claimed' });
    expect(second.cause).toBe(`device "p1" is in execution "${first}", and 3 more are in others`);
    await stop(world, first);
    expect(await holderOf(world, 'p1')).toBeUndefined();
    expect((await world.run(claiming('refuse', 'two'))).status).toBe('SUCCEEDED');
  });

  test('are waited for', async () => {
    using world = await World.create({ devices: FLEET });
    const first = await holding(world);
    const second = await world.start(claiming('wait', 'two'));
    await world.quiet();
    expect(world.sent).toEqual([]);
    const before = world.clock.now();
    await stop(world, first);
    expect((await world.settle(second)).status).toBe('SUCCEEDED');
    expect(flashed(world)).toEqual(['p1', 'p2', 'p3', 'v1']);
    expect(world.clock.now()).toBe(before);
  });

  test('are left out', async () => {
    using world = await World.create({ devices: FLEET });
    const first = await holding(world, "type = 'pump'");
    const second = await world.run(claiming('skip', 'two'));
    expect(second.status).toBe('SUCCEEDED');
    expect(flashed(world)).toEqual(['v1']);
    expect(await world.ports.table.get(executionKeys.rolloutPlan(second.id, 'rollout'))).toMatchObject({
      skipped: ['p1', 'p2', 'p3'].map((device) => ({ device, by: first })),
    });
  });

  test('stay claimed until what was done to them is undone', async () => {
    using world = await World.create({
      devices: FLEET,
      behave: (device, { command }) => {
        if (command === 'restore') return undefined;
        return device === 'p2' ? { status: 'FAILED', error: 'Device.Failed' } : { status: 'SUCCEEDED' };
      },
    });
    const undoing = claiming('refuse', 'one', [
      'device.id %}"',
      'device.id %}", compensate: { command: restore }',
    ]);
    const id = await world.start(undoing);
    await world.until(() => world.sent.some(({ message }) => message.command === 'restore'));
    expect(await holderOf(world, 'p1')).toBe(id);
    world.behave = failingOn();
    await world.settle(id);
    await world.quiet();
    expect(await holderOf(world, 'p1')).toBeUndefined();
  });

  test('are claimed again by a redrive, which is refused when another has them', async () => {
    using world = await World.create({ devices: FLEET, behave: failingOn('p2') });
    const { id } = await world.run(claiming('refuse', 'one'));
    const other = await holding(world);
    await expect(redriveExecution(world.ports, id, { by: 'ann' })).rejects.toMatchObject({
      code: 'SW4065',
      message: `the execution had claimed device "p1" when it ended, and execution "${other}" has it now`,
    });
    await stop(world, other);
    world.behave = failingOn();
    await redriveExecution(world.ports, id, { by: 'ann' });
    expect((await world.settle(id)).status).toBe('SUCCEEDED');
    await world.quiet();
    expect(await holderOf(world, 'p2')).toBeUndefined();
  });

  test('are devices: an item that is none fails the step', async () => {
    using world = await World.create({ devices: FLEET });
    const view = await world.run(claiming('refuse', 'one', ['$targets %}"', "[{ 'name': 1 }] %}\""]));
    expect(view).toMatchObject({ status: 'FAILED', error: 'Step.InvalidArguments' });
    expect(view.cause).toContain('item 0 of "rollout" is no device');
  });
});

describe('devices that join a rollout later', () => {
  const watching = (more = ''): string =>
    rollout(`${more}\n    watch: { for: 1h, devices: { where: "type = 'pump'" } }`);
  const join = (world: World, id: string, type = 'pump') =>
    registerDevice(world.ports, { id, type, status: 'online' });

  test('are taken in until the watch closes, each once, in iterations that count on', async () => {
    using world = await World.create({ devices: FLEET });
    const start = world.clock.now();
    const id = await world.start(watching());
    await world.quiet();
    expect(flashed(world)).toEqual(['p1', 'p2', 'p3', 'v1']);
    await join(world, 'p5');
    await join(world, 'x1', 'sensor');
    await world.until(() => world.sent.length > 4);
    await join(world, 'p4');
    await join(world, 'p6');
    const { status, steps, output } = await world.settle(id);
    expect(status).toBe('SUCCEEDED');
    expect(flashed(world)).toEqual(['p1', 'p2', 'p3', 'v1', 'p5', 'p4', 'p6']);
    expect(output).toMatchObject({ rollout: { length: 7 } });
    expect(
      steps.filter(({ id: step }) => step === 'flash').map(({ path, status: how }) => `${path} ${how}`),
    ).toEqual(Array.from({ length: 7 }, (_, n) => `rollout[${n}].flash SUCCEEDED`));
    expect(world.clock.now() - start).toBe(3_600_000);
  });

  test('are taken in no more once an operator closes the watch', async () => {
    using world = await World.create({ devices: FLEET });
    const start = world.clock.now();
    const id = await world.start(watching());
    await world.quiet();
    await beginNextWave(world.ports, id, { by: 'ann' });
    expect((await world.settle(id)).status).toBe('SUCCEEDED');
    expect(world.clock.now()).toBe(start);
  });

  test('are claimed, or wait until others have let them go', async () => {
    using world = await World.create({ devices: FLEET });
    const id = await world.start({ ...compileText(watching('claim: refuse')), name: 'watching' });
    await world.quiet();
    await join(world, 'p9');
    await world.ports.table.put({ ...deviceKeys.claim('p9'), execution: 'other', at: world.clock.now() });
    await world.ports.table.put({
      ...executionKeys.meta('other'),
      ...{
        id: 'other',
        workflow: 'w',
        version: '1.0.0',
        machine: 'm',
        status: 'RUNNING',
        input: {},
        startedAt: 0,
      },
    });
    await world.clock.advance(600_000);
    await world.quiet();
    expect(flashed(world)).not.toContain('p9');
    await world.ports.table.delete(deviceKeys.claim('p9'));
    expect((await world.settle(id)).status).toBe('SUCCEEDED');
    expect(flashed(world)).toContain('p9');
    await world.quiet();
    expect(await world.ports.table.get(deviceKeys.claim('p9'))).toBeUndefined();
  });
});
