import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { FolderStore } from '#archive/stores/folder-store.ts';
import { ArchiveBench, execution } from '#support/archive-bench.ts';
import { runProgram } from '#support/run-program.ts';

let folder = '';
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-archive-verbs-'));
  const bench = new ArchiveBench();
  await bench.add(execution('first', 101), 2);
  await bench.add(
    execution('second', 100, { status: 'FAILED', error: 'Device.Timeout', cause: 'a, "b"' }),
    1,
  );
  await bench.round({ archive: new FolderStore(folder) });
  mkdirSync(join(folder, 'empty'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const archive = (...args: readonly string[]) => runProgram(['archive', ...args, '--archive', folder]);

test('list tells kinds and days, and with --json what they come to', async () => {
  const { stdout } = await archive('list', '--kind', 'executions');
  expect(stdout.split('\n').map((line) => line.split(/\s+/).slice(0, 4))).toEqual([
    ['KIND', 'DAY', 'RECORDS', 'PARTS'],
    ['executions', '2026-08-18', '1', '1'],
    ['executions', '2026-08-17', '1', '1'],
  ]);
  const json = await archive('list', '--from', '2026-08-18', '--json');
  expect(JSON.parse(json.stdout)).toMatchObject({ archive: folder, days: [{ kind: 'executions' }, {}, {}] });
  expect((await archive('list', '--from', '2027-01-01')).stdout).toContain('nothing of this is in');
});

test('query tells a table within 80 columns, with ids whole', async () => {
  const { stdout } = await archive('query', 'executions');
  expect(stdout).toBe(
    [
      'EXECUTION ID  WORKFLOW  STATUS     STARTED AT',
      'second        rollout   FAILED     2026-08-18 12:00:00',
      'first         rollout   SUCCEEDED  2026-08-17 12:00:00',
    ].join('\n'),
  );
});

test('query tells CSV, lines of JSON, or one document, of all fields or those that are named', async () => {
  const columns = ['--columns', 'executionId,cause,progress.total'];
  expect((await archive('query', 'executions', '--format', 'csv', ...columns)).stdout).toBe(
    'executionId,cause,progress.total\nsecond,"a, ""b""",0\nfirst,,0',
  );
  const lines = (await archive('query', 'executions', '--format', 'jsonl')).stdout.split('\n');
  expect(lines.map((line) => JSON.parse(line).executionId)).toEqual(['second', 'first']);
  const one = await archive('query', 'executions', '--limit', '1', '--columns', 'status', '--json');
  expect(JSON.parse(one.stdout)).toEqual({ records: [{ status: 'FAILED' }], more: true });
  expect((await archive('query', 'history', '--columns', 'id,details')).stdout).toContain('{}');
});

test('query says that there is more, or nothing', async () => {
  expect((await archive('query', 'executions', '--limit', '1')).stderr).toContain('more than 1');
  expect((await archive('query', 'executions', '--status', 'STOPPED')).stderr).toContain('nothing that fits');
});

test.each([
  [['query', 'executions', '--from', 'yesterday'], /2026-11-26T08:00:00Z/],
  [['query', 'executions', '--limit', '0'], /from 1 to 1000000/],
  [['query', 'executions', '--columns', 'a b'], /commas between/],
  [['query', 'nothing'], /Allowed choices are executions/],
  [['query', 'executions', '--where', '$$$('], /SW4505/],
  [['show', 'nobody'], /SW4503/],
] as const)('%j is refused with what to do', async (args, problem) => {
  const { exitCode, stderr } = await archive(...args);
  expect([exitCode, stderr]).toEqual([2, expect.stringMatching(problem)]);
});

test('show tells an execution, its history, or both', async () => {
  expect((await archive('show', 'second')).stdout).toContain('Device.Timeout');
  expect((await archive('show', 'second', '--history')).stdout).toContain('ExecutionSucceeded');
  const { stdout } = await archive('show', 'second', '--json');
  expect(JSON.parse(stdout)).toMatchObject({
    executionId: 'second',
    actions: [],
    events: [{ id: 1 }, { id: 2 }],
  });
});

test('verify tells of damage and leftovers, and ends with 1 for damage', async () => {
  expect(await archive('verify')).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(/✔ \d+ of \d+ parts as written/),
  });
  const day = join(folder, 'kind=commands/day=2026-08-18');
  writeFileSync(join(day, 'part-left.jsonl.gz'), 'x');
  expect((await archive('verify')).stdout).toContain('1 part without a manifest');
  const [part = ''] = readdirSync(day).filter((name) => name !== 'part-left.jsonl.gz');
  writeFileSync(join(day, part), 'x');
  const broken = await archive('verify');
  expect([broken.exitCode, broken.stdout]).toEqual([
    1,
    expect.stringMatching(/✖ [\s\S]*checksum[\s\S]*✖ \d+ of/),
  ]);
  expect(JSON.parse((await archive('verify', '--json')).stdout)).toMatchObject({
    damaged: [{}],
    leftovers: [expect.any(String)],
  });
});

test('an archive that is not there is no empty one', async () => {
  const ran = await runProgram(['archive', 'list', '--archive', join(folder, 'nowhere')]);
  expect([ran.exitCode, ran.stderr]).toEqual([1, expect.stringContaining('SW4501')]);
});
