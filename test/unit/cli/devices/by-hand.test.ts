import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ServedWorld, serveWorld } from '#support/served-world.ts';
import { World } from '#support/world.ts';

let world: World;
let served: ServedWorld;
beforeEach(async () => {
  world = await World.create({
    devices: [{ id: 'good' }, { id: 'bad' }, { id: 'off', status: 'offline' }],
    behave: (device) =>
      device === 'bad'
        ? { status: 'FAILED', error: 'Device.Jammed', cause: 'the lid' }
        : { status: 'SUCCEEDED', result: { ok: true } },
  });
  served = await serveWorld(world);
});
afterEach(async () => {
  await served.server.close();
  expect(world.defects).toEqual([]);
  world[Symbol.dispose]();
});

const IdSchema = /command (\S+)/;

test('a command is sent by hand, and whoever follows it is told how it ends', async () => {
  const good = await served.run('commands', 'send', 'good', 'open', '--with', '{"side":"left"}', '--follow');
  expect(good).toMatchObject({ exitCode: 0, stderr: expect.stringMatching(IdSchema) });
  expect(good.stdout).toMatch(/SUCCEEDED {2}open for good, command \S+\n/);
  expect(good.stdout).toContain('arguments {"side":"left"}\nresult    {"ok":true}');
  const bad = await served.run('commands', 'send', 'bad', 'open', '--follow', '--json');
  expect(bad.exitCode).toBe(1);
  expect(JSON.parse(bad.stdout)).toMatchObject({ status: 'FAILED', error: 'Device.Jammed' });
  for (const line of good.stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
});

test('a command for a device that is offline waits when it may, is shown, and taken back', async () => {
  const refused = await served.run('commands', 'send', 'off', 'open');
  expect(refused).toMatchObject({ exitCode: 1, stdout: '' });
  expect(refused.stderr).toContain('error[SW4024]');
  expect(refused.stderr).toContain('--expires 10m');
  const { stdout } = await served.run('commands', 'send', 'off', 'open', '--expires', '10m');
  const [, id = ''] = IdSchema.exec(stdout) ?? [];
  expect(stdout).toBe(`command ${id} waits for off`);
  expect((await served.run('commands', 'show', id)).stdout).toContain('not sent yet');
  expect((await served.run('devices', 'mailbox', 'off')).stdout).toContain(id);
  expect((await served.run('commands', 'cancel', id)).exitCode).toBe(0);
  expect((await served.run('commands', 'show', id)).stdout).toContain('CANCELLED  open for off');
});

test('a device is registered with what it is and can do, changed, and removed', async () => {
  const args = ['--type', 'lamp', '--zone', 'berlin/roof', '--capability', 'light=1.2.0'];
  const more = ['--tag', 'line=a', '--tag', 'floor=3', '--reported', '{"on":false}'];
  expect((await served.run('devices', 'register', 'lamp-1', ...args, ...more)).exitCode).toBe(0);
  const { stdout } = await served.run('devices', 'register', 'lamp-1', '--zone', 'berlin/hall', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ id: 'lamp-1', type: 'lamp', zone: 'berlin/hall', status: 'offline', reported: { on: false } },
    ...{ capabilities: { light: '1.2.0' }, tags: { line: 'a', floor: '3' } },
  });
  expect((await served.run('devices', 'remove', 'lamp-1')).stdout).toBe('device lamp-1 is removed');
  expect((await served.run('devices', 'show', 'lamp-1')).exitCode).toBe(2);
});

test.each([
  ['arguments that are no object', ['commands', 'send', 'good', 'open', '--with', '[1]'], 'SW3020'],
  ['arguments that are no JSON', ['commands', 'send', 'good', 'open', '--with', '{'], 'SW3020'],
  ['a device that nobody knows', ['commands', 'send', 'none', 'open'], 'SW4041'],
  ['a command that nobody knows', ['commands', 'show', 'none'], 'SW4042'],
  ['an id that is none', ['devices', 'register', 'a/b'], 'SW4006'],
  ['what is reported and is no object', ['devices', 'register', 'a', '--reported', '1'], 'SW3020'],
])('%s is refused', async (_, args, code) => {
  const { exitCode, stdout, stderr } = await served.run(...args);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(`error[${code}]`);
});
