import { describe, expect, test } from 'vitest';
import { registerDevice } from '#devices/registry.ts';
import { actionsOf } from '#executions/operate/action.ts';
import { beginNextWave } from '#executions/operate/next-wave.ts';
import { pauseExecution, resumeExecution } from '#executions/operate/pause.ts';
import { rollbackExecution } from '#executions/operate/rollback.ts';
import { stopByOperator } from '#executions/operate/stop.ts';
import { rolloutsOf } from '#executions/rollout/rollouts.ts';
import { stopExecution } from '#executions/stop.ts';
import { type Behaviour, World } from '#support/world.ts';
import { executionKeys } from '#table/keys.ts';

const FLEET = ['d1', 'd2', 'd3'].map((id) => ({ id, tags: { tz: 'Europe/Berlin' } }));
const DONE: Behaviour = () => ({ status: 'SUCCEEDED' });

const rollout = (fields: string): string => `
steps:
  - { id: targets, devices: {} }
  - id: rollout
    forEach: "{% $targets %}"
    as: device
    ${fields}
    steps: [{ id: flash, command: flash, device: "{% $device.id %}" }]
`;

const inWaves = (between: string, more = ''): string =>
  rollout(`${more}\n    waves: [{ count: 1 }, { rest: true }]\n    betweenWaves: ${between}`);

const minutesSince = (world: World, start: number): number => (world.clock.now() - start) / 60_000;

async function started(fields: string, behave = DONE) {
  const world = await World.create({ devices: FLEET, behave });
  const start = world.clock.now();
  const id = await world.start(fields);
  await world.quiet();
  return { world, id, start };
}

const ANN = { by: 'ann', reason: 'looks good' };

describe('the soak time between waves', () => {
  test('is waited for', async () => {
    const { world, id, start } = await started(inWaves('{ soak: 10m }'));
    using _ = world;
    expect(world.sent).toHaveLength(1);
    expect((await world.settle(id)).status).toBe('SUCCEEDED');
    expect(minutesSince(world, start)).toBe(10);
  });

  test('ends when an operator wants the next wave now, and that is on record', async () => {
    const { world, id, start } = await started(inWaves('{ soak: 10m }'));
    using _ = world;
    await beginNextWave(world.ports, id, ANN);
    expect((await world.settle(id)).status).toBe('SUCCEEDED');
    expect(minutesSince(world, start)).toBe(0);
    expect(await actionsOf(world.ports.table, id)).toMatchObject([{ ...ANN, operation: 'next' }]);
  });

  test('is that of the rollout that is named', async () => {
    const { world, id } = await started(inWaves('{ soak: 10m }'));
    using _ = world;
    await expect(beginNextWave(world.ports, id, { ...ANN, path: 'other' })).rejects.toMatchObject({
      code: 'SW4068',
      message: `no rollout "other" of execution "${id}" waits between two waves`,
    });
    expect((await beginNextWave(world.ports, id, { ...ANN, path: 'rollout' })).status).toBe('RUNNING');
  });

  test('cannot be ended while a wave runs', async () => {
    const { world, id } = await started(inWaves('{ soak: 10m }'), () => undefined);
    using _ = world;
    await expect(beginNextWave(world.ports, id, ANN)).rejects.toMatchObject({ code: 'SW4068' });
    expect(await actionsOf(world.ports.table, id)).toMatchObject([
      { refused: `no rollout of execution "${id}" waits between two waves` },
    ]);
  });

  test('leaves nothing behind when the execution is stopped in it', async () => {
    const { world, id } = await started(inWaves('{ soak: 10m }'));
    using _ = world;
    expect((await rolloutsOf(world.ports.table, id)).waiting).toMatchObject([
      { request: { action: 'soak', path: 'rollout.waves[1].rollout.soak' } },
    ]);
    await stopExecution(world.ports, id);
    await world.settle(id);
    await world.quiet();
    expect((await rolloutsOf(world.ports.table, id)).waiting).toEqual([]);
  });

  test('runs on while the execution is paused, which holds the next wave', async () => {
    const { world, id, start } = await started(inWaves('{ soak: 10m }'));
    using _ = world;
    await pauseExecution(world.ports, id, ANN);
    await world.clock.advance(30 * 60_000);
    await world.quiet();
    expect(world.sent).toHaveLength(1);
    await resumeExecution(world.ports, id, ANN);
    expect((await world.settle(id)).status).toBe('SUCCEEDED');
    expect(minutesSince(world, start)).toBe(30);
  });
});

describe('the health between waves', () => {
  const ALARM = '{% $count($result.devices[reported.alarm = true]) = 0 %}';
  const healthy = (until: string, more = ''): string =>
    inWaves(`{ health: { until: "${until}", within: 5m, every: 1m } }`, more);

  test('is that of the devices so far as they now are: it is waited for until it holds', async () => {
    const { world, id, start } = await started(healthy(ALARM), (device) => ({
      status: 'SUCCEEDED',
      reported: { alarm: device === 'd1' },
    }));
    using _ = world;
    expect(world.sent).toHaveLength(1);
    await world.clock.advance(90_000);
    await registerDevice(world.ports, { id: 'd1', reported: { alarm: false } });
    expect((await world.settle(id)).status).toBe('SUCCEEDED');
    expect(minutesSince(world, start)).toBe(2);
  });

  test('that does not come in time fails the step, with where the rollout stands', async () => {
    const { world, id, start } = await started(healthy('{% $result.done > 1 %}'));
    using _ = world;
    expect(await world.settle(id)).toMatchObject({
      status: 'FAILED',
      error: 'Rollout.Unhealthy',
      cause: '{% $result.done > 1 %} did not hold within 300 s, with 1 of 3 done and 0 failed',
    });
    expect(minutesSince(world, start)).toBe(5);
    expect(world.sent).toHaveLength(1);
  });

  test('that does not come leaves what was done under `onExceeded: halt`', async () => {
    const { world, id } = await started(healthy('{% false %}', 'onExceeded: halt'));
    using _ = world;
    expect(await world.settle(id)).toMatchObject({ status: 'FAILED', error: 'Stepwright.Halted' });
  });

  test.each([
    ['failures so far', '{% $result.failed = 1 and $result.total = 3 %}'],
    ['what commands gave', "{% $result.commands.(device & ' ' & status) = 'd1 FAILED' %}"],
    ['other steps', '{% $count($targets) = 3 and $exists($input) %}'],
  ])('is judged by %s', async (_title, until) => {
    const { world, id } = await started(healthy(until, 'tolerate: { count: 1 }'), (device) =>
      device === 'd1' ? { status: 'FAILED', error: 'Device.Failed' } : { status: 'SUCCEEDED' },
    );
    using _ = world;
    const { status, cause } = await world.settle(id);
    expect(cause).toBeUndefined();
    expect(status).toBe('SUCCEEDED');
  });

  test('fails the step when its expression does', async () => {
    const { world, id } = await started(healthy('{% $number($targets[0].id) = 1 %}'));
    using _ = world;
    expect(await world.settle(id)).toMatchObject({ status: 'FAILED', error: 'Step.InvalidArguments' });
  });

  test('is passed over with the soak time when an operator wants the next wave now', async () => {
    const between = '{ soak: 10m, health: { until: "{% false %}", within: 5m } }';
    const { world, id, start } = await started(inWaves(between));
    using _ = world;
    await beginNextWave(world.ports, id, ANN);
    expect((await world.settle(id)).status).toBe('SUCCEEDED');
    expect(minutesSince(world, start)).toBe(0);
    expect(await world.ports.table.get(executionKeys.waved(id, 'rollout.waves[1]'))).toMatchObject({
      by: 'ann',
    });
  });
});

describe('iterations begin', () => {
  test('in the window of their own site', async () => {
    const window = `window: { from: "02:00", to: "04:00", timezone: "{% $device.tags.tz %}" }`;
    using world = await World.create({
      devices: [...FLEET, { id: 'far', tags: { tz: 'Asia/Tokyo' } }],
      behave: DONE,
    });
    const sentAt = new Map<string, string>();
    world.behave = (device) => {
      sentAt.set(device, new Date(world.clock.now()).toISOString());
      return { status: 'SUCCEEDED' };
    };
    const { status } = await world.run(rollout(window));
    expect(status).toBe('SUCCEEDED');
    expect(Object.fromEntries(sentAt)).toEqual({
      ...{ d1: '2026-01-01T01:00:00.000Z', d2: '2026-01-01T01:00:00.000Z', d3: '2026-01-01T01:00:00.000Z' },
      far: '2026-01-01T17:00:00.000Z',
    });
  });

  test('no faster than the rate', async () => {
    const { world, id } = await started(rollout('rate: 2/m'));
    using _ = world;
    expect(world.sent).toHaveLength(1);
    await world.clock.advance(30_000);
    await world.quiet();
    expect(world.sent).toHaveLength(2);
    expect((await world.settle(id)).status).toBe('SUCCEEDED');
  });

  test('never in a time zone that nobody knows: that fails the iteration, and is borne like any failure', async () => {
    const window = `tolerate: { count: 1 }\n    window: { from: "00:00", to: "00:00", timezone: "{% $device.id = 'd1' ? 'Nowhere' : 'UTC' %}" }`;
    const { world, id } = await started(rollout(window));
    using _ = world;
    const { status, output } = await world.settle(id);
    expect(status).toBe('SUCCEEDED');
    expect(output).toMatchObject({
      rollout: [{ status: 'FAILED', error: 'Step.InvalidArguments' }, null, null],
    });
  });
});

describe('a rollout that an operator aborts', () => {
  const UNDOING = inWaves('{ soak: 10m }').replace(
    'device.id %}"',
    'device.id %}", compensate: { command: restore }',
  );
  const commandsOf = (world: World): readonly string[] => world.sent.map(({ message }) => message.command);

  test('is undone', async () => {
    const { world, id } = await started(UNDOING);
    using _ = world;
    await stopByOperator(world.ports, id, ANN);
    expect(await world.settle(id)).toMatchObject({ status: 'ROLLED_BACK' });
    expect(commandsOf(world)).toEqual(['flash', 'restore']);
  });

  test('stays as it is with `keep`, which is on record; a rollback undoes it later', async () => {
    const { world, id } = await started(UNDOING);
    using _ = world;
    await stopByOperator(world.ports, id, { ...ANN, keep: true });
    expect(await world.settle(id)).toMatchObject({ status: 'STOPPED', error: 'Stepwright.Halted' });
    expect(commandsOf(world)).toEqual(['flash']);
    expect(await actionsOf(world.ports.table, id)).toMatchObject([
      { operation: 'stop', details: { keep: true } },
    ]);
    await rollbackExecution(world.ports, id, ANN);
    expect(await world.settle(id)).toMatchObject({ status: 'ROLLED_BACK' });
    expect(commandsOf(world)).toEqual(['flash', 'restore']);
  });
});

describe('on an engine that cannot pause executions', () => {
  /** The ports of a world whose engine is taken for one that cannot, and refuses to. */
  function unpausing({ ports }: World): World['ports'] {
    const instead: Readonly<Record<string, unknown>> = {
      canPause: false,
      pause: () => Promise.reject(new Error('cannot')),
    };
    const engine = new Proxy(ports.engine, {
      get(target, name) {
        const value: unknown = instead[String(name)] ?? Reflect.get(target, name, target);
        return typeof value === 'function' ? value.bind(target) : value;
      },
    });
    return { ...ports, engine };
  }

  test('a wave that is due waits until it is resumed, and its soak time has run on', async () => {
    const { world, id, start } = await started(inWaves('{ soak: 10m }'));
    using _ = world;
    const paused = await pauseExecution(unpausing(world), id, ANN);
    expect(paused).toMatchObject({ status: 'RUNNING', pausedAt: start });
    await world.until(() => minutesSince(world, start) >= 60);
    expect(world.sent).toHaveLength(1);
    const resumed = await resumeExecution(unpausing(world), id, ANN);
    expect(resumed.pausedAt).toBeUndefined();
    const resumedAt = minutesSince(world, start);
    expect((await world.settle(id)).status).toBe('SUCCEEDED');
    expect(minutesSince(world, start)).toBe(resumedAt);
    expect(world.sent).toHaveLength(3);
  });

  test.each([
    ['the second of plain waves', 'waves: [{ count: 1 }, { rest: true }]'],
    [
      'one behind steps between waves',
      'waves: [{ count: 1 }, { rest: true }]\n    betweenWaves: { steps: [{ id: note, set: { seen: true } }] }',
    ],
    ['one that claims its devices', 'claim: refuse\n    waves: [{ count: 1 }, { rest: true }]'],
  ])('%s is held, and can be let through alone', async (_title, fields) => {
    using world = await World.create({ devices: FLEET, behave: DONE });
    const ports = unpausing(world);
    let pausing: Promise<unknown> | undefined;
    let id = '';
    world.behave = () => {
      pausing ??= pauseExecution(ports, id, ANN);
      return { status: 'SUCCEEDED' };
    };
    id = await world.start(rollout(fields));
    await world.quiet();
    await pausing;
    await world.quiet();
    expect(world.sent).toHaveLength(1);
    expect((await rolloutsOf(world.ports.table, id)).waiting).toMatchObject([
      { request: { action: 'gate', path: 'rollout.waves[1].rollout.gate' } },
    ]);
    await beginNextWave(ports, id, ANN);
    expect((await world.settle(id)).status).toBe('SUCCEEDED');
    expect(world.sent).toHaveLength(3);
  });

  test('the first wave is held as the others are', async () => {
    using world = await World.create({ devices: FLEET, behave: DONE });
    const ports = unpausing(world);
    const id = await world.start(
      `steps:
  - { id: rest, wait: { for: 1m } }
  - { id: rollout, needs: [rest], forEach: "{% ['d1'] %}", as: device, waves: [{ rest: true }], steps: [{ id: flash, command: flash, device: d1 }] }
`,
    );
    await pauseExecution(ports, id, ANN);
    await world.clock.advance(60_000);
    await world.quiet();
    expect(world.sent).toEqual([]);
    await resumeExecution(ports, id, ANN);
    expect((await world.settle(id)).status).toBe('SUCCEEDED');
  });

  test('one that is resumed before the wave is due is begun when it is', async () => {
    const { world, id, start } = await started(inWaves('{ soak: 10m }'));
    using _ = world;
    await pauseExecution(unpausing(world), id, ANN);
    await resumeExecution(unpausing(world), id, ANN);
    expect((await world.settle(id)).status).toBe('SUCCEEDED');
    expect(minutesSince(world, start)).toBe(10);
  });

  test('an operator can begin the next wave all the same, and no other begins', async () => {
    const { world, id } = await started(
      rollout('waves: [{ count: 1 }, { count: 1 }, { rest: true }]\n    betweenWaves: { soak: 1m }'),
    );
    using _ = world;
    await pauseExecution(unpausing(world), id, ANN);
    await beginNextWave(world.ports, id, ANN);
    await world.until(() => world.sent.length === 2);
    await world.quiet();
    expect(world.sent).toHaveLength(2);
  });

  test('iterations with a rate are held too', async () => {
    const { world, id } = await started(rollout('rate: 1/m'));
    using _ = world;
    await pauseExecution(unpausing(world), id, ANN);
    const sent = world.sent.length;
    const heldAt = world.clock.now();
    await world.until(() => world.clock.now() > heldAt + 3_600_000);
    expect(world.sent).toHaveLength(sent);
    await resumeExecution(unpausing(world), id, ANN);
    expect((await world.settle(id)).status).toBe('SUCCEEDED');
  });

  test('what has no rollout that waits is refused', async () => {
    const { world, id } = await started('steps: [{ id: rest, wait: { for: 1h } }]');
    using _ = world;
    await expect(pauseExecution(unpausing(world), id, ANN)).rejects.toThrow('cannot');
    expect(await actionsOf(world.ports.table, id)).toMatchObject([{ operation: 'pause', refused: 'cannot' }]);
  });
});
