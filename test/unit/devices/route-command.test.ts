import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { RouteSchema } from '#compiler/route-payload.ts';
import type { CommandRequest } from '#compiler/task-payload.ts';
import type { Command } from '#devices/command.ts';
import type { Device } from '#devices/device.ts';
import { receivePresence } from '#devices/device-messages.ts';
import { expireCommand } from '#devices/expire.ts';
import { deleteDevice } from '#devices/registry.ts';
import { readHealth } from '#routing/health.ts';
import { DeviceBench } from '#support/device-bench.ts';

let bench: DeviceBench;
beforeEach(() => {
  bench = new DeviceBench();
});
afterEach(() => bench[Symbol.dispose]());

type On = Partial<Parameters<typeof RouteSchema.parse>[0] & object> & Record<string, unknown>;

/** A request with a route; what is not of the route is of its one alternative. */
function on({ alternatives, ...rest }: On, more: Partial<CommandRequest> = {}): Promise<Command> {
  const { exclude, prefers, strategy, key, weight, retryOn, ...wish } = rest;
  const route = { exclude, prefers, strategy, key, weight, retryOn };
  const given = Object.fromEntries(Object.entries(route).filter(([, value]) => value !== undefined));
  return bench.dispatch({
    taskToken: `task of try ${more.attempt ?? 0}`,
    ...more,
    on: RouteSchema.parse({ alternatives: alternatives ?? [wish], ...given }),
  });
}

async function fleet(devices: Readonly<Record<string, Partial<Device>>>): Promise<void> {
  for (const [id, fields] of Object.entries(devices)) await bench.device(id, fields);
}

describe('the device of a command', () => {
  test.each<[string, On, string | RegExp]>([
    ['a capability in a version', { requires: { ota: '>=2' } }, 'new'],
    ['two capabilities', { requires: { ota: '*', pump: '*' } }, 'both'],
    ['a zone', { zone: 'berlin/roof' }, 'roof'],
    ['a zone around its own', { zone: 'munich' }, 'far'],
    ['a tag', { tags: { line: 'a' } }, 'both'],
    ['what it reports', { where: 'reported.battery > $least' }, 'roof'],
    ['what is left', { exclude: ['new', 'both', 'far', 'off'] }, 'roof'],
    ['what is preferred', { prefers: [{ tags: { line: 'a' }, weight: 1 }] }, 'both'],
    [
      'what weighs most',
      {
        prefers: [
          { tags: { line: 'a' }, weight: 1 },
          { where: 'reported.battery > 50', weight: 2 },
        ],
      },
      'roof',
    ],
  ])('is one that has %s', async (_, route, expected) => {
    await fleet({
      new: { capabilities: { ota: '2.1.0' }, zone: 'berlin/hall' },
      both: { capabilities: { ota: '1.9.0', pump: '1.0.0' }, tags: { line: 'a' }, zone: 'berlin/hall' },
      roof: { zone: 'berlin/roof', reported: { battery: 80 } },
      far: { zone: 'munich/a/b/c/d', reported: { battery: 10 } },
      off: { status: 'offline', capabilities: { ota: '3.0.0', pump: '1.0.0' }, tags: { line: 'a' } },
    });
    const command = await on(route, { bindings: { least: 50 } });
    expect(command).toMatchObject({ device: expected, status: 'SENT' });
    expect(command.route).toMatchObject({ chosen: expected, alternative: 0, isWhole: true });
  });

  test('is what $target stands for', async () => {
    await fleet({ one: { reported: { firmware: '1.9.0' } } });
    const command = await on({}, { with: { was: null }, deferred: { '/was': '$target.reported.firmware' } });
    expect(command.with).toEqual({ was: '1.9.0' });
  });

  test('is of the nearest zone where one fits', async () => {
    await fleet({
      there: { zone: 'berlin/hall-2', status: 'offline' },
      near: { zone: 'berlin/hall-1' },
      far: { zone: 'munich' },
    });
    const near = 'berlin/hall-2';
    expect((await on({ near }, { path: 'a' })).route).toMatchObject({ chosen: 'near', zone: 'berlin' });
    await receivePresence(bench.ports, 'there', { status: 'online' });
    expect((await on({ near }, { path: 'b' })).route).toMatchObject({ chosen: 'there', zone: near });
    for (const gone of ['there', 'near']) await receivePresence(bench.ports, gone, { status: 'offline' });
    expect((await on({ near }, { path: 'c' })).route).toMatchObject({ chosen: 'far', zone: '' });
  });

  test('is never chosen again for a call that comes twice', async () => {
    await fleet({ one: {}, two: {} });
    const first = await on({ strategy: 'random' });
    for (let again = 0; again < 5; again++) {
      expect(await on({ strategy: 'random' })).toMatchObject({ id: first.id, device: first.device });
    }
    expect(new Set(bench.sent)).toEqual(new Set([`${first.device} ${first.id}`]));
  });

  test('tells why it was chosen, and why others were not', async () => {
    await fleet({
      busy: { capabilities: { ota: '2.0.0' } },
      idle: { capabilities: { ota: '2.0.0' } },
      old: { capabilities: { ota: '1.0.0' } },
      off: { capabilities: { ota: '2.0.0' }, status: 'offline' },
    });
    await bench.dispatch({ device: 'busy', path: 'other' });
    const { route } = await on({ requires: { ota: '>=2' } });
    expect(route).toEqual({
      ...{ chosen: 'idle', strategy: 'least-loaded', ability: 'ota', alternative: 0, zone: '' },
      ...{ looked: 4, isWhole: true, fits: 2, left: { version: 1, offline: 1 } },
      best: [
        { device: 'idle', load: 0 },
        { device: 'busy', load: 1 },
      ],
    });
  });
});

describe('when no device fits', () => {
  test('the error names what kept the nearest out', async () => {
    await fleet({
      old: { capabilities: { ota: '1.0.0' }, zone: 'berlin' },
      off: { capabilities: { ota: '2.0.0' }, zone: 'berlin', status: 'offline' },
    });
    await expect(on({ requires: { ota: '>=2' }, zone: 'berlin' })).rejects.toMatchObject({
      name: 'Device.NoneFits',
      message:
        'no device fits: with ota >=2 in zone berlin, 2 looked at: 1 in a version that does not fit, 1 offline; nearest: off (offline), old (in a version that does not fit)',
    });
    expect(bench.sent).toEqual([]);
  });

  test('the next alternative is tried, with its own command and arguments', async () => {
    await fleet({ spare: {}, old: { capabilities: { read: '1.0.0' } } });
    const alternatives = [
      { requires: { read: '>=2' } },
      {
        requires: { read: '>=1' },
        command: 'read.slowly',
        with: { at: null },
        deferred: { '/at': '$target.id' },
      },
      { device: 'spare' },
    ];
    const command = await on({ alternatives });
    expect(command).toMatchObject({ device: 'old', command: 'read.slowly', with: { at: 'old' } });
    expect(command.route).toMatchObject({ alternative: 1, ability: 'read' });
    await receivePresence(bench.ports, 'old', { status: 'offline' });
    expect(await on({ alternatives }, { path: 'next' })).toMatchObject({
      device: 'spare',
      command: 'firmware.install',
    });
    await deleteDevice(bench.ports.table, 'spare');
    await expect(on({ alternatives }, { path: 'last' })).rejects.toMatchObject({ name: 'Device.NoneFits' });
  });

  test('a condition that fails is told as such', async () => {
    await fleet({ one: {} });
    await expect(on({ where: '$number(id) > 1' })).rejects.toMatchObject({
      name: 'Step.InvalidArguments',
      message: expect.stringContaining('"where" failed on device "one"'),
    });
  });
});

describe('another try', () => {
  async function fail(command: Command): Promise<void> {
    await bench.answer(command.device, { id: command.id, status: 'FAILED' });
  }

  test('goes to another device, and to one that was tried only where no other fits', async () => {
    await fleet({ one: {}, two: {}, three: {} });
    const tried: string[] = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      const command = await on({}, { attempt });
      tried.push(command.device);
      await fail(command);
    }
    expect(tried.toSorted()).toEqual(['one', 'three', 'two']);
    const fourth = await on({}, { attempt: 3 });
    expect(tried).toContain(fourth.device);
    expect(fourth.route?.tried).toEqual(tried);
  });

  test('goes to the same device where the step says so, as long as that fits', async () => {
    await fleet({ one: {}, two: {}, three: {} });
    const first = await on({ retryOn: 'same' });
    await fail(first);
    const second = await on({ retryOn: 'same' }, { attempt: 1 });
    expect(second.device).toBe(first.device);
    await fail(second);
    await receivePresence(bench.ports, first.device, { status: 'offline' });
    expect((await on({ retryOn: 'same' }, { attempt: 2 })).device).not.toBe(first.device);
  });
});

describe('what a device has open', () => {
  test('is counted while commands wait and are under way, and not when they have ended', async () => {
    await fleet({ pump: {} });
    const open = async (): Promise<number> => (await readHealth(bench.ports.table, 'pump')).open;
    const first = await bench.dispatch({ path: 'a' });
    const second = await bench.dispatch({ path: 'b' });
    await bench.dispatch({ path: 'b' });
    expect(await open()).toBe(2);
    await bench.answer('pump', { id: first.id, status: 'SUCCEEDED' });
    await bench.answer('pump', { id: first.id, status: 'SUCCEEDED' });
    expect(await open()).toBe(1);
    await bench.clock.advance(120_000);
    await expireCommand(bench.ports, second.id);
    await expireCommand(bench.ports, second.id);
    expect(await open()).toBe(0);
  });
});

describe('a breaker', () => {
  /** Gives the one device of the fleet so many commands that fail. */
  async function failTimes(times: number): Promise<void> {
    for (let n = 0; n < times; n++) {
      const { id } = await on({ requires: { ota: '*' } }, { path: `fail-${bench.clock.now()}-${n}` });
      await bench.answer('pump', { id, status: 'FAILED' });
    }
  }
  const route = { requires: { ota: '*' } };

  test('opens after five failures in a row, lets one command try, and closes when that succeeds', async () => {
    await fleet({ pump: { capabilities: { ota: '2.0.0', read: '1.0.0' } } });
    await failTimes(5);
    await expect(on(route)).rejects.toMatchObject({
      message: expect.stringContaining('1 kept out by a breaker'),
    });
    expect((await on({ requires: { read: '*' } }, { path: 'other' })).device).toBe('pump');
    await bench.clock.advance(30_000);
    const probe = await on(route, { path: 'probe' });
    expect(probe.route?.isProbe).toBe(true);
    await expect(on(route, { path: 'second' })).rejects.toMatchObject({ name: 'Device.NoneFits' });
    await bench.answer('pump', { id: 'run:other:0', status: 'SUCCEEDED' });
    await bench.answer('pump', { id: probe.id, status: 'SUCCEEDED' });
    expect((await on(route, { path: 'third' })).route).not.toHaveProperty('isProbe');
  });

  test('stays open longer each time that the command which tries fails', async () => {
    await fleet({ pump: { capabilities: { ota: '2.0.0' } } });
    await failTimes(5);
    for (const openMs of [30_000, 60_000, 120_000]) {
      await bench.clock.advance(openMs - 1);
      await expect(on(route, { path: `early-${openMs}` })).rejects.toMatchObject({ name: 'Device.NoneFits' });
      await bench.clock.advance(1);
      await failTimes(1);
    }
  });

  test('lets another command try when the one that tried was refused for what it asked', async () => {
    await fleet({ pump: { capabilities: { ota: '2.0.0' } } });
    await failTimes(5);
    await bench.clock.advance(30_000);
    const probe = await on(route, { path: 'probe' });
    await bench.answer('pump', { id: probe.id, status: 'FAILED', error: 'Device.Rejected' });
    expect((await on(route, { path: 'again' })).route?.isProbe).toBe(true);
  });

  test('lets one of two commands try that are given at the same time', async () => {
    await fleet({ pump: { capabilities: { ota: '2.0.0' } } });
    await failTimes(5);
    await bench.clock.advance(30_000);
    const both = await Promise.allSettled([on(route, { path: 'x' }), on(route, { path: 'y' })]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  test('keeps out nobody who is named', async () => {
    await fleet({ pump: { capabilities: { ota: '2.0.0' } } });
    await failTimes(5);
    expect((await bench.dispatch({ path: 'named' })).status).toBe('SENT');
  });
});
