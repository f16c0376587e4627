import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Finished, type RunningCommand, startStepwright, stepwright } from './command-line.ts';

/** The second device of each run never answers; the first is halted with what it did. */
const UNKNOWN = `
stepwright: 1
name: unknown
version: 1.0.0
steps:
  - { id: one, command: open, device: d-1, compensate: { command: close } }
  - { id: two, command: open, device: d-2, timeout: 300ms, compensate: { command: close } }
`;
const HALTED = `
stepwright: 1
name: halted
version: 1.0.0
steps:
  - id: each
    forEach: "{% ['d-1', 'd-3'] %}"
    as: device
    maxConcurrency: 1
    tolerate: { count: 0 }
    onExceeded: halt
    steps:
      - { id: go, command: open, device: "{% $device %}", compensate: { command: close } }
      - { id: broken, if: "{% $device = 'd-3' %}", fail: { error: Plant.Unsafe } }
`;
const FLEET = `
stepwright: 1
fleet: test
devices: [{ id: d-1 }, { id: d-2, behaviour: { lose: 1 } }, { id: d-3 }]
behaviour: { commands: { open: { latency: 10ms }, close: { latency: 10ms } } }
`;

let folder = '';
let server: RunningCommand;
let endpoint = '';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-rollback-'));
  writeFileSync(join(folder, 'stepwright.yaml'), 'stepwright: 1\nproject: rollback\n');
  writeFileSync(join(folder, 'unknown.yaml'), UNKNOWN);
  writeFileSync(join(folder, 'halted.yaml'), HALTED);
  writeFileSync(join(folder, 'fleet.yaml'), FLEET);
  server = startStepwright(
    ['start', '--data', 'data', '--port', '0', '--mqtt-port', '0', '--fleet', 'fleet.yaml'],
    { cwd: folder },
  );
  endpoint = /serves (\S+) /.exec(await server.line(/^Stepwright serves /))?.[1] ?? '';
});
afterAll(async () => {
  server.child.kill('SIGKILL');
  await server.finished;
  rmSync(folder, { recursive: true, force: true });
});

function verb(...args: readonly string[]): Promise<Finished> {
  const env = { STEPWRIGHT_ENDPOINT: endpoint, STEPWRIGHT_USER: 'ada' };
  return stepwright(['executions', ...args, '--data', 'data'], { cwd: folder, env });
}

async function api(path: string, body: string): Promise<void> {
  const token = readFileSync(join(folder, 'data', 'token'), 'utf8').trim();
  const headers = { authorization: `Bearer ${token}` };
  const response = await fetch(`${endpoint}${path}`, { method: 'POST', headers, body });
  expect(response.status).toBe(201);
}

const POLL = { interval: 50, timeout: 15_000 };
const statusOf = async (id: string): Promise<unknown> =>
  JSON.parse((await verb('show', id, '--json')).stdout).status;

test('a run tells which device it has left as it is not known to be, and why', async () => {
  const { stdout, exitCode } = await stepwright(['run', 'unknown.yaml', '--fleet', 'fleet.yaml'], {
    cwd: folder,
  });
  expect(exitCode).toBe(1);
  expect(stdout).toContain('ROLLBACK_INCOMPLETE');
  expect(stdout).toContain('left behind by 1 step:');
  expect(stdout).toMatch(/d-2 {2}two {2}what it did is unknown: Device\.Timeout: device "d-2" did not/);
  expect(stdout).not.toMatch(/d-1 {2}one {2}/);
});

test('of a command of which nobody knows, an operator says what it did', async () => {
  await api('/v1/workflows', UNKNOWN);
  await api('/v1/workflows/unknown/executions', JSON.stringify({ name: 'run-2' }));
  await expect.poll(() => statusOf('run-2'), POLL).toBe('ROLLBACK_INCOMPLETE');
  const refused = await verb('rollback', 'run-2');
  expect(refused.stderr).toContain('look at it, and say "unknown": "undo" or "keep"');
  expect((await verb('rollback', 'run-2', '--unknown', 'keep')).exitCode).toBe(0);
  await expect.poll(() => statusOf('run-2'), POLL).toBe('ROLLED_BACK');
  expect((await verb('rollback', 'run-2', '--unknown', 'perhaps')).exitCode).toBe(2);
});

test('an operator rolls back what was halted, and sees who did', async () => {
  await api('/v1/workflows', HALTED);
  await api('/v1/workflows/halted/executions', JSON.stringify({ name: 'run-1' }));
  await expect.poll(() => statusOf('run-1'), POLL).toBe('FAILED');
  const done = await verb('rollback', 'run-1', '--reason', 'start over');
  expect(done).toMatchObject({ exitCode: 0, stdout: 'execution run-1 is being rolled back\n' });
  await expect.poll(() => statusOf('run-1'), POLL).toBe('ROLLED_BACK');
  expect((await verb('show', 'run-1')).stdout).toMatch(/ada +rollback +start over/);
  const refused = await verb('rollback', 'run-1');
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain('error[SW4067]: execution "run-1" is ROLLED_BACK');
});
