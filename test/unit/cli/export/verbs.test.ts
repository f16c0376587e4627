import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { publishText } from '#api/publish.ts';
import { startExecution } from '#executions/start.ts';
import { type LoggedWorld, loggedWorld, wavePolicy } from '#support/logged-world.ts';
import { type ServedWorld, serveWorld } from '#support/served-world.ts';

let logged: LoggedWorld;
let served: ServedWorld;
let folder = '';
beforeEach(async () => {
  logged = await loggedWorld(50);
  served = await serveWorld(logged.world);
  folder = mkdtempSync(join(tmpdir(), 'stepwright-export-'));
  await logged.publish(wavePolicy('1.0.0'));
  await logged.runAll([{ devices: 3, owner: 'Ada' }, { devices: 8 }, { devices: 9 }]);
});
afterEach(async () => {
  await served.server.close();
  expect(logged.world.defects).toEqual([]);
  logged.world[Symbol.dispose]();
  rmSync(folder, { recursive: true });
});

const PERIOD = ['--from', '2026-01-01', '--to', '2026-01-02'];

test('decisions are exported with what came of them, without what is personal', async () => {
  const args = ['decisions', 'export', 'wave-policy', ...PERIOD, '-o', folder];
  const { exitCode, stdout } = await served.run(...args, '--split', 'time:0.67', '--without-personal-data');
  expect([exitCode, stdout]).toEqual([
    0,
    `${folder}/wave-policy.train.jsonl: 2 rows\n${folder}/wave-policy.test.jsonl: 1 row\n${folder}/wave-policy.dictionary.json: what the columns are`,
  ]);
  const [first = ''] = readFileSync(join(folder, 'wave-policy.train.jsonl'), 'utf8').split('\n');
  expect(JSON.parse(first)).toMatchObject({
    ...{ version: '1.0.0', 'feature.devices': 3, 'chosen.percent': 100, rules: [1] },
    ...{ workflow: 'tested', status: 'FAILED', success: false },
  });
  expect(first).not.toContain('owner');
  const dictionary = readFileSync(join(folder, 'wave-policy.dictionary.json'), 'utf8');
  expect(JSON.parse(dictionary)).toMatchObject({ withoutPersonalData: true, rows: 3 });
});

test('with it, the dictionary says which columns are personal', async () => {
  await served.run('decisions', 'export', 'wave-policy', ...PERIOD, '-o', folder);
  expect(readFileSync(join(folder, 'wave-policy.jsonl'), 'utf8')).toContain('"feature.owner":"Ada"');
  const { columns } = JSON.parse(readFileSync(join(folder, 'wave-policy.dictionary.json'), 'utf8'));
  expect(columns).toContainEqual(expect.objectContaining({ name: 'feature.owner', personal: true }));
});

test('without a name, each decision that was logged has its files', async () => {
  await logged.publish(wavePolicy('1.0.0').replace('wave-policy', 'never-asked'));
  const { stdout } = await served.run('decisions', 'export', ...PERIOD, '-o', folder, '--json');
  expect(JSON.parse(stdout)).toMatchObject({ exports: [{ rows: 3, files: [{ part: 'all', rows: 3 }] }] });
  expect(readdirSync(folder).sort()).toEqual(['wave-policy.dictionary.json', 'wave-policy.jsonl']);
});

test('analytics are told in 80 columns', async () => {
  const { exitCode, stdout } = await served.run('decisions', 'analytics', 'wave-policy', ...PERIOD);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('3 decisions, 66.7 % of 3 that ended went well');
  expect(stdout).toMatch(/^1\.0\.0 2 +2 +2 +100\.0 % /m);
  expect(stdout).toContain('never hit  1.0.0: 3');
  expect(Math.max(...stdout.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
});

test('a trial is begun, told and ended', async () => {
  await logged.publish(wavePolicy('1.1.0'));
  const canary = ['--canary', '1.1.0', '--percent', '10', '--by', '$input.site'];
  const tried = async (...args: string[]) => (await served.run('decisions', 'try', ...args)).stdout;
  expect(await tried('wave-policy@1.0.0', ...canary)).toBe('wave-policy@1.0.0: 10 % to 1.1.0 by $input.site');
  expect(await tried('wave-policy@1.0.0', '--shadow', '1.1.0')).toBe(
    'wave-policy@1.0.0: 1.1.0 in the shadow',
  );
  expect(await tried('wave-policy')).toBe('wave-policy@1.0.0: 1.1.0 in the shadow');
  expect(await tried('wave-policy@1.0.0', '--end')).toBe('no other version of wave-policy is tried');
});

test.each([
  [['wave-policy@1.0.0', '--canary', '1.1.0'], '--percent go together'],
  [['wave-policy@1.0.0', '--shadow', '1.1.0', '--end'], 'say one of'],
  [['wave-policy', '--shadow', '1.1.0'], 'name the version that steps ask'],
])('%j is not clear (SW3067)', async (args, hint) => {
  const { exitCode, stderr } = await served.run('decisions', 'try', ...args);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(hint)]);
});

test('routes are told by step, strategy and device, and exported under pseudonyms', async () => {
  const source = `stepwright: 1\nname: routed\nversion: 1.0.0
steps: [{ id: each, forEach: "{% [1..12] %}", as: n, steps: [{ id: read, command: read, on: { strategy: random } }] }]`;
  await publishText(logged.world.ports, source);
  const { id } = await startExecution(logged.world.ports, { workflow: 'routed', input: {} });
  await logged.world.settle(id);
  await logged.world.clock.advance(1_000);
  const { stdout } = await served.run('routes', 'analytics', 'routed', ...PERIOD);
  expect(stdout).toContain('12 choices, 100.0 % of 12 that ended went well');
  expect(stdout).toMatch(/^each\.read +12 /m);
  expect(stdout).toMatch(/^random +12 /m);
  expect(stdout).toMatch(/^pump-1 +12 /m);
  await served.run('routes', 'export', 'routed', ...PERIOD, '-o', folder, '--without-personal-data');
  const rows = readFileSync(join(folder, 'routed.routes.jsonl'), 'utf8').trimEnd().split('\n');
  expect(rows).toHaveLength(12);
  expect(JSON.parse(rows[0] ?? '')).toMatchObject({
    route: 'routed/each.read',
    workflow_version: '1.0.0',
    success: true,
  });
  expect(rows.join('')).not.toContain('pump-1');
});

test('a workflow that there is not is told of before anything is written (SW4043)', async () => {
  const { exitCode, stderr } = await served.run(
    'routes',
    'export',
    '../x',
    ...PERIOD,
    '-o',
    join(folder, 'new'),
  );
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('SW404')]);
  expect(readdirSync(folder)).toEqual([]);
});

test('where no server answers, no file is made', async () => {
  await served.server.close();
  const { exitCode } = await served.run('decisions', 'export', 'wave-policy', ...PERIOD, '-o', folder);
  expect([exitCode, readdirSync(folder)]).toEqual([1, []]);
});
