import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServedFolder } from './served-folder.ts';

const WORKFLOW = `
stepwright: 1
name: hold
version: 1.0.0
steps:
  - id: held
    lock:
      pools: { grid: 1 }
      priority: 700
      key: "{% $execution.id %}"
      steps: [{ id: go, wait: { event: { name: go } } }]
`;
const OFFLINE = `
stepwright: 1
fleet: test
devices: [{ id: lamp, connected: false }]
`;

const folder = new ServedFolder({
  'stepwright.yaml': 'stepwright: 1\npools: { grid: 1 }\n',
  'hold.yaml': WORKFLOW,
  'fleets/lamp.yaml': OFFLINE,
});
beforeAll(() => folder.serve('--project', '.', '--fleet', 'fleets/lamp.yaml'));
afterAll(() => folder.close());

test('an operator sees who holds a pool and who waits, takes units away, and makes the pool larger', async () => {
  for (const name of ['first', 'second', 'third'])
    await folder.document('POST', '/v1/workflows/hold/executions', { name });
  const shown = async (): Promise<string> => (await folder.verb('pools', 'show', 'grid')).stdout;
  await expect.poll(shown, { timeout: 15_000 }).toMatch(/third:held:0/);
  expect((await folder.verb('pools', 'list')).stdout).toMatch(/POOL +HELD +UNITS\ngrid +1 +1/);
  const before = await shown();
  expect(before).toContain('grid: 1 of 1 held');
  expect(before).toMatch(
    /holds +1 +\S+ \S+ +first:held:0\nwaits +1 +\S+ \S+ +700 +second +second:held:0\nwaits/,
  );
  const released = await folder.verb(
    'pools',
    'release',
    'grid',
    'first:held:0',
    '--reason',
    'station is off',
  );
  expect(released.stdout).toMatch(/holds .*second:held:0\nwaits .*third:held:0/);
  expect((await folder.verb('executions', 'history', 'first')).stdout).toMatch(
    /ada +release held +station is off/,
  );
  expect((await folder.verb('pools', 'set', 'grid', '2')).stdout).toBe('grid: 2 of 2 held\n');
  const again = await folder.verb('pools', 'release', 'grid', 'first:held:0');
  expect([again.exitCode, again.stderr]).toEqual([
    2,
    expect.stringContaining('"stepwright pools show" tells who holds'),
  ]);
});

test('an operator sees what a device has to do, and cancels what waits', async () => {
  for (const name of ['lamp.on', 'lamp.off'])
    await folder.document('POST', '/v1/devices/lamp/commands', { command: name, expiresSeconds: 3_600 });
  const shown = await folder.verb('devices', 'mailbox', 'lamp');
  expect(shown.stdout).toMatch(/^lamp is offline\nSTATUS .*\nQUEUED +lamp.on .*\nQUEUED +lamp.off /);
  const id = /lamp\.on .* (\S+)\n/.exec(shown.stdout)?.[1] ?? '';
  const cancelled = await folder.verb('commands', 'cancel', id, '--reason', 'wrong lamp', '--json');
  expect(JSON.parse(cancelled.stdout)).toMatchObject({
    ...{ status: 'CANCELLED', error: 'Device.Cancelled', cause: 'cancelled by ada: wrong lamp' },
  });
  expect((await folder.verb('devices', 'mailbox', 'lamp')).stdout).not.toContain('lamp.on');
  const again = await folder.verb('commands', 'cancel', id);
  expect([again.exitCode, again.stderr]).toEqual([1, expect.stringContaining('SW4072')]);
});
