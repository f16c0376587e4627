import { afterEach, expect, test } from 'vitest';
import { ensurePool } from '#concurrency/pool.ts';
import { redriveExecution } from '#executions/operate/redrive.ts';
import { profileExecution } from '#executions/profile/execution-profile.ts';
import type { ExecutionProfile } from '#executions/profile/profile.ts';
import { OBEDIENT, World } from '#support/world.ts';

let world: World;
afterEach(() => world[Symbol.dispose]());

/** How long each command takes, in ms. */
type Times = Readonly<Record<string, number>>;

/** A world whose devices take their time. */
async function timed(times: Times): Promise<void> {
  world = await World.create({ devices: [{ id: 'd-1' }, { id: 'd-2' }, { id: 'd-3' }] });
  world.behave = (device, { id, command }) => {
    const at = world.clock.now() + (times[command] ?? 0);
    world.clock.setTimer(at, () => {
      void world.answer(device, { id, status: 'SUCCEEDED', result: {} });
    });
    return undefined;
  };
}

async function profiled(id: string): Promise<ExecutionProfile> {
  return (await profileExecution(world.ports, id)).profile;
}

const byPath = (profile: ExecutionProfile, path: string) => profile.steps.find((step) => step.path === path);

test('a whole waits for the branch that ends last, and the others have time to spare', async () => {
  await timed({ short: 100, long: 700 });
  const { id } = await world.run(`
steps:
  - { id: first, command: short, device: d-1 }
  - id: both
    parallel:
      left: [{ id: slow, command: long, device: d-1 }]
      right: [{ id: one, command: short, device: d-2 }, { id: two, command: short, device: d-2 }]
  - { id: last, command: short, device: d-3 }
`);
  const profile = await profiled(id);
  expect(profile.totalMs).toBe(900);
  expect(profile.criticalPath).toEqual(['first', 'both.left.slow', 'last']);
  expect(profile.critical).toMatchObject({ device: 900, between: 0 });
  expect(profile.all.device).toBe(1_100);
  const slack = profile.steps.map(({ path, slackMs }) => [path, slackMs]);
  expect(Object.fromEntries(slack)).toEqual({
    ...{ first: 0, both: 0, 'both.left.slow': 0, last: 0 },
    ...{ 'both.right.one': 500, 'both.right.two': 500 },
  });
  const lanes = new Set(['both.left.slow', 'both.right.one'].map((path) => byPath(profile, path)?.lane));
  expect(lanes.size).toBe(2);
});

test('an iteration waits for the one whose end let it in', async () => {
  await timed({ a: 100, b: 400, c: 250 });
  const { id } = await world.run(`
steps:
  - id: each
    forEach: "{% [{'c': 'a', 'd': 'd-1'}, {'c': 'b', 'd': 'd-2'}, {'c': 'c', 'd': 'd-3'}] %}"
    as: item
    maxConcurrency: 2
    steps:
      - { id: pick, set: { c: "{% $item.c %}" } }
      - id: how
        choose:
          - { if: "{% $item.c = 'a' %}", steps: [{ id: runa, command: a, device: d-1 }] }
          - { if: "{% $item.c = 'b' %}", steps: [{ id: runb, command: b, device: d-2 }] }
          - { else: true, steps: [{ id: runc, command: c, device: d-3 }] }
`);
  const profile = await profiled(id);
  expect(profile.totalMs).toBe(400);
  expect(byPath(profile, 'each[1].how.runb')).toMatchObject({ isCritical: true, slackMs: 0 });
  // 250 ms after the first, which ended at 100: 50 to spare, for both.
  expect(byPath(profile, 'each[0].how.runa')).toMatchObject({ isCritical: false, slackMs: 50, startMs: 0 });
  expect(byPath(profile, 'each[2].how.runc')).toMatchObject({ isCritical: false, slackMs: 50, startMs: 100 });
});

test('the time of a step is taken apart: its line, its device, the delay before its next try', async () => {
  await timed({ x: 300 });
  await ensurePool(world.ports.table, 'uplink', 1);
  const behave = world.behave;
  let tries = 0;
  world.behave = (device, message) =>
    message.command === 'x' && ++tries === 1
      ? { status: 'FAILED', error: 'Device.Failed', cause: 'once' }
      : behave(device, message);
  const { id } = await world.run(`
steps:
  - id: both
    parallel:
      left: [{ id: one, command: x, device: d-1, uses: { uplink: 1 }, retry: { attempts: 2, delay: 2s } }]
      right: [{ id: two, command: x, device: d-2, uses: { uplink: 1 } }]
  - { id: pause, wait: { for: 5s } }
`);
  const profile = await profiled(id);
  const partsOf = (path: string) =>
    byPath(profile, path)?.parts.map(({ name, durationMs }) => [name, durationMs]);
  expect(partsOf('both.left.one')).toEqual([
    ['retry', 2_000],
    ['device', 300],
  ]);
  expect(partsOf('both.right.two')).toEqual([
    ['queue', 2_300],
    ['device', 300],
  ]);
  expect(partsOf('pause')).toEqual([['outside', 5_000]]);
  expect(profile.retries).toBe(1);
  expect(profile.measured).toEqual({ one: 2_300, two: 2_600, pause: 5_000 });
});

test('a second command waits in the mailbox of its device', async () => {
  await timed({ x: 300 });
  const { id } = await world.run(`
steps:
  - id: both
    parallel:
      left: [{ id: one, command: x, device: d-1 }]
      right: [{ id: two, command: x, device: d-1 }]
`);
  const { all, criticalPath } = await profiled(id);
  expect(all).toMatchObject({ device: 600, queue: 300 });
  expect(criticalPath).toHaveLength(1);
});

test('the time until a redrive is told apart, and is no part of what is measured', async () => {
  await timed({ x: 300 });
  const behave = world.behave;
  world.behave = () => ({ status: 'FAILED', error: 'Device.Failed', cause: 'no' });
  const { id } = await world.run('steps: [{ id: one, command: x, device: d-1 }]');
  await world.clock.advance(60_000);
  world.behave = behave;
  await redriveExecution(world.ports, id, { by: 'ada' });
  await world.settle(id);
  const profile = await profiled(id);
  expect(profile.totalMs).toBe(60_300);
  expect(profile.critical).toMatchObject({ halted: 60_000, device: 300 });
  expect(profile.measured).toEqual({ one: 300 });
});

test('an execution that runs is profiled up to now, and one that has done nothing too', async () => {
  await timed({ x: 300 });
  const id = await world.start('steps: [{ id: one, command: x, device: d-1 }]');
  await world.quiet();
  await world.clock.advance(100);
  expect(await profiled(id)).toMatchObject({ totalMs: 100, steps: [{ path: 'one', durationMs: 100 }] });
  world.behave = OBEDIENT;
});
