import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Finished, stepwright } from './command-line.ts';
import { ServedFolder } from './served-folder.ts';

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

const folder = new ServedFolder({
  'stepwright.yaml': 'stepwright: 1\nproject: rollback\n',
  'unknown.yaml': UNKNOWN,
  'halted.yaml': HALTED,
  'fleet.yaml': FLEET,
});
beforeAll(() => folder.serve('--fleet', 'fleet.yaml'));
afterAll(() => folder.close());

const verb = (...args: readonly string[]): Promise<Finished> => folder.verb('executions', ...args);

const POLL = { interval: 50, timeout: 15_000 };
const statusOf = async (id: string): Promise<unknown> =>
  JSON.parse((await verb('show', id, '--json')).stdout).status;

test('a run tells which device it has left as it is not known to be, and why', async () => {
  const { stdout, exitCode } = await stepwright(['run', 'unknown.yaml', '--fleet', 'fleet.yaml'], {
    cwd: folder.path,
  });
  expect(exitCode).toBe(1);
  expect(stdout).toContain('ROLLBACK_INCOMPLETE');
  expect(stdout).toContain('left behind by 1 step:');
  expect(stdout).toMatch(/d-2 {2}two {2}what it did is unknown: Device\.Timeout: device "d-2" did not/);
  expect(stdout).not.toMatch(/d-1 {2}one {2}/);
});

test('of a command of which nobody knows, an operator says what it did', async () => {
  await folder.document('POST', '/v1/workflows', UNKNOWN);
  await folder.document('POST', '/v1/workflows/unknown/executions', { name: 'run-2' });
  await expect.poll(() => statusOf('run-2'), POLL).toBe('ROLLBACK_INCOMPLETE');
  const refused = await verb('rollback', 'run-2');
  expect(refused.stderr).toContain('look at it, and say "unknown": "undo" or "keep"');
  expect((await verb('rollback', 'run-2', '--unknown', 'keep')).exitCode).toBe(0);
  await expect.poll(() => statusOf('run-2'), POLL).toBe('ROLLED_BACK');
  expect((await verb('rollback', 'run-2', '--unknown', 'perhaps')).exitCode).toBe(2);
});

test('an operator rolls back what was halted, and sees who did', async () => {
  await folder.document('POST', '/v1/workflows', HALTED);
  await folder.document('POST', '/v1/workflows/halted/executions', { name: 'run-1' });
  await expect.poll(() => statusOf('run-1'), POLL).toBe('FAILED');
  const done = await verb('rollback', 'run-1', '--reason', 'start over');
  expect(done).toMatchObject({ exitCode: 0, stdout: 'execution run-1 is being rolled back\n' });
  await expect.poll(() => statusOf('run-1'), POLL).toBe('ROLLED_BACK');
  expect((await verb('show', 'run-1')).stdout).toMatch(/ada +rollback +start over/);
  const refused = await verb('rollback', 'run-1');
  expect(refused.exitCode).toBe(1);
  expect(refused.stderr).toContain('error[SW4067]: execution "run-1" is ROLLED_BACK');
});
