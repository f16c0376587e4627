import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Finished, type RunningCommand, startStepwright, stepwright } from './command-line.ts';

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

let folder = '';
let server: RunningCommand;
let endpoint = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-pools-'));
  writeFileSync(join(folder, 'stepwright.yaml'), 'stepwright: 1\npools: { grid: 1 }\n');
  writeFileSync(join(folder, 'hold.yaml'), WORKFLOW);
  mkdirSync(join(folder, 'fleets'));
  writeFileSync(join(folder, 'fleets', 'lamp.yaml'), OFFLINE);
  server = startStepwright(
    [
      'start',
      '--data',
      'data',
      '--port',
      '0',
      '--mqtt-port',
      '0',
      '--project',
      '.',
      '--fleet',
      'fleets/lamp.yaml',
    ],
    { cwd: folder },
  );
  endpoint = /serves (\S+) /.exec(await server.line(/^Stepwright serves /))?.[1] ?? '';
});
afterAll(async () => {
  server.child.kill('SIGKILL');
  await server.finished;
  rmSync(folder, { recursive: true, force: true });
});

function command(...args: readonly string[]): Promise<Finished> {
  const env = { STEPWRIGHT_ENDPOINT: endpoint, STEPWRIGHT_USER: 'ada' };
  return stepwright([...args, '--data', 'data'], { cwd: folder, env });
}

async function post(path: string, body: object): Promise<void> {
  const token = readFileSync(join(folder, 'data', 'token'), 'utf8').trim();
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${endpoint}/v1/${path}`, {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  });
  expect(response.ok).toBe(true);
}

test('an operator sees who holds a pool and who waits, takes units away, and makes the pool larger', async () => {
  for (const name of ['first', 'second', 'third']) await post('workflows/hold/executions', { name });
  const shown = async (): Promise<string> => (await command('pools', 'show', 'grid')).stdout;
  await expect.poll(shown, { timeout: 15_000 }).toMatch(/third:held:0/);
  expect((await command('pools', 'list')).stdout).toMatch(/POOL +HELD +UNITS\ngrid +1 +1/);
  const before = await shown();
  expect(before).toContain('grid: 1 of 1 held');
  expect(before).toMatch(
    /holds +1 +\S+ \S+ +first:held:0\nwaits +1 +\S+ \S+ +700 +second +second:held:0\nwaits/,
  );
  const released = await command('pools', 'release', 'grid', 'first:held:0', '--reason', 'station is off');
  expect(released.stdout).toMatch(/holds .*second:held:0\nwaits .*third:held:0/);
  expect((await command('executions', 'history', 'first')).stdout).toMatch(
    /ada +release held +station is off/,
  );
  expect((await command('pools', 'set', 'grid', '2')).stdout).toBe('grid: 2 of 2 held\n');
  const again = await command('pools', 'release', 'grid', 'first:held:0');
  expect([again.exitCode, again.stderr]).toEqual([
    2,
    expect.stringContaining('"stepwright pools show" tells who holds'),
  ]);
});

test('an operator sees what a device has to do, and cancels what waits', async () => {
  for (const name of ['lamp.on', 'lamp.off'])
    await post('devices/lamp/commands', { command: name, expiresSeconds: 3_600 });
  const shown = await command('devices', 'mailbox', 'lamp');
  expect(shown.stdout).toMatch(/^lamp is offline\nSTATUS .*\nQUEUED +lamp.on .*\nQUEUED +lamp.off /);
  const id = /lamp\.on .* (\S+)\n/.exec(shown.stdout)?.[1] ?? '';
  const cancelled = await command('commands', 'cancel', id, '--reason', 'wrong lamp', '--json');
  expect(JSON.parse(cancelled.stdout)).toMatchObject({
    ...{ status: 'CANCELLED', error: 'Device.Cancelled', cause: 'cancelled by ada: wrong lamp' },
  });
  expect((await command('devices', 'mailbox', 'lamp')).stdout).not.toContain('lamp.on');
  const again = await command('commands', 'cancel', id);
  expect([again.exitCode, again.stderr]).toEqual([1, expect.stringContaining('SW4072')]);
});
