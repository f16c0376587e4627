import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { startStepwright, stepwright } from './command-line.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-run-'));
  writeFileSync(
    join(folder, 'fleet.yaml'),
    `
stepwright: 1
fleet: test
devices:
  - { id: a, reported: { mode: old } }
  - { id: b, reported: { mode: old } }
  - { id: gone, connected: false }
behaviour:
  commands:
    set.mode: { sets: { mode: "{% $with.mode %}" }, result: "{% $with.mode %}" }
    break: { fail: 1, error: Device.Rejected }
`,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function workflow(name: string, steps: string): string {
  const file = join(folder, `${name}.yaml`);
  writeFileSync(file, `stepwright: 1\nname: ${name}\nversion: 1.0.0\n${steps}\n`);
  return file;
}

const DocumentSchema = z.looseObject({ executionId: z.string(), status: z.string(), durationMs: z.number() });

async function run(file: string, ...more: string[]) {
  const fleet = join(folder, 'fleet.yaml');
  const { exitCode, stdout, stderr } = await stepwright(['run', file, '--fleet', fleet, '--json', ...more]);
  return { exitCode, stderr, document: DocumentSchema.parse(JSON.parse(stdout)) };
}

test('run prints one document of what became of the workflow and of each device', async () => {
  const file = workflow(
    'good',
    `
input: { type: object, required: [mode], properties: { mode: { type: string } } }
steps:
  - { id: one, command: set.mode, device: a, with: { mode: "{% $input.mode %}" } }
  - { id: two, command: set.mode, device: b, with: { mode: "{% $one & '!' %}" }, if: "{% $one = 'other' %}" }
output: "{% { 'mode': $one } %}"
`,
  );
  const { exitCode, document } = await run(file, '--input', '{"mode":"new"}');
  expect(exitCode).toBe(0);
  expect(document).toMatchObject({
    status: 'SUCCEEDED',
    output: { mode: 'new' },
    steps: [
      { id: 'one', path: 'one', status: 'SUCCEEDED', attempts: 1, device: 'a' },
      { id: 'two', path: 'two', status: 'SKIPPED', attempts: 0 },
    ],
  });
  expect(document['devices']).toEqual([
    { id: 'a', reported: { mode: 'new' } },
    { id: 'b', reported: { mode: 'old' } },
    { id: 'gone', reported: {} },
  ]);
});

test('run ends with 1 when the workflow does not succeed, after what it did is undone', async () => {
  const file = workflow(
    'bad',
    `
steps:
  - id: one
    command: set.mode
    device: a
    with: { mode: new }
    compensate: { command: set.mode, with: { mode: "{% $target.reported.mode %}" } }
  - { id: two, command: break, device: b }
`,
  );
  const { exitCode, document } = await run(file);
  expect(exitCode).toBe(1);
  expect(document).toMatchObject({
    status: 'ROLLED_BACK',
    error: 'Device.Rejected',
    steps: [{ status: 'COMPENSATED' }, { status: 'FAILED', error: 'Device.Rejected' }],
  });
  expect(document['devices']).toContainEqual({ id: 'a', reported: { mode: 'old' } });
});

test('run without a device that a command waits for ends when the command expires', async () => {
  const file = workflow('expires', 'steps: [{ id: one, command: set.mode, device: gone, expires: 200ms }]');
  const { exitCode, document } = await run(file);
  expect(exitCode).toBe(1);
  expect(document).toMatchObject({ status: 'FAILED', error: 'Device.Expired' });
  expect(document.durationMs).toBeGreaterThanOrEqual(200);
});

test.each([
  ['an input that does not fit', ['--input', '{}'], 'SW4004'],
  ['an input that is no JSON', ['--input', '{'], 'SW3020'],
  ['a fleet file that is not there', ['--fleet', 'nowhere.yaml'], 'SW1000'],
])('run refuses %s, with one message and no stack', async (_what, options, code) => {
  const schema = 'input: { type: object, required: [mode] }';
  const file = workflow('refused', `${schema}\nsteps: [{ id: one, command: set.mode, device: a }]`);
  const { exitCode, stdout, stderr } = await stepwright(['run', file, ...options]);
  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain(`error[${code}]`);
  expect(stderr).not.toMatch(/^\s+at /m);
});

test('run refuses a workflow with errors before anything is started', async () => {
  const file = workflow('invalid', 'steps: [{ id: one, comand: set.mode, device: a }]');
  const { exitCode, stdout, stderr } = await stepwright(['run', file, '--json']);
  expect(exitCode).toBe(2);
  expect(stderr).toContain('did you mean "command"?');
  expect(JSON.parse(stdout)).toMatchObject({ diagnostics: [{ code: 'SW1104', line: 4 }] });
});

test('run that is interrupted leaves nothing behind but what --data keeps, and goes on from there', async () => {
  const steps =
    '[{ id: one, command: set.mode, device: a, with: { mode: x } }, { id: pause, wait: { for: 2s } }]';
  const file = workflow('interrupted', `steps: ${steps}`);
  const data = join(folder, 'kept');
  const args = ['run', file, '--fleet', join(folder, 'fleet.yaml'), '--data', data];
  const first = startStepwright(args);
  await first.line(/RUNNING +pause/);
  first.child.kill('SIGINT');
  expect(await first.finished).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('goes on with it'),
  });
  const second = await stepwright(args);
  expect(second.exitCode).toBe(0);
  expect(second.stderr).toContain('going on with execution');
});

test('the demo puts one of its twelve devices back, and succeeds', async () => {
  const { exitCode, stdout, stderr } = await stepwright(['demo']);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('✔ SUCCEEDED  firmware-rollout 1.0.0');
  expect(stdout).toMatch(/✖ sensor-8 +↺ flash +✖ check Step.Unexpected +firmware 1.9.0/);
  expect(stdout.match(/firmware 2\.1\.0/g)).toHaveLength(11);
  expect(stderr).toContain('COMPENSATED rollout[11].flash');
});
