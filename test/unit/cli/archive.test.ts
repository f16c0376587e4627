import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { noteFirstDay } from '#archive/retire/progress.ts';
import { FolderStore } from '#archive/stores/folder-store.ts';
import { ArchiveBatch } from '#archive/write/archive-batch.ts';
import { findArchive } from '#cli/archive/find-archive.ts';
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

test('parts of one day are one line of the list', async () => {
  const own = join(folder, 'own');
  const bench = new ArchiveBench();
  for (const id of ['first', 'second']) {
    await bench.add(execution(id, 101));
    await noteFirstDay(bench.table, 'executions', '2026-08-01');
    await bench.round({ archive: new FolderStore(own) });
  }
  const { stdout } = await runProgram([
    'archive',
    'list',
    '--kind',
    'executions',
    '--archive',
    own,
    '--json',
  ]);
  expect(JSON.parse(stdout).days).toMatchObject([{ day: '2026-08-17', parts: 2, records: 2 }]);
  const { stdout: table } = await runProgram([
    ...['archive', 'query', 'executions', '--columns', 'executionId,error', '--archive', own],
  ]);
  expect(table.split('\n').map((row) => row.trimEnd())).toEqual(['EXECUTION ID  ERROR', 'second', 'first']);
});

test('what belongs to iterations is not told as of the execution itself, and what is no execution is damage', async () => {
  const own = join(folder, 'iterations');
  const { clock, random } = new ArchiveBench();
  const batch = new ArchiveBatch({ archive: new FolderStore(own), clock, random });
  const [startedAt, timestamp] = ['2026-11-26T12:00:00.000Z', '2026-11-26T12:00:01.000Z'];
  const event = { execution: 'one', previousEventId: 0, type: 'PassStateEntered', timestamp, details: {} };
  await batch.add('history', { ...event, id: 1 });
  await batch.add('history', { ...event, id: 1, child: 'c', path: 'rollout[0]' });
  const whole = { executionId: 'one', workflow: 'w', version: '1.0.0', status: 'SUCCEEDED', startedAt };
  await batch.add('executions', {
    ...whole,
    input: {},
    steps: [],
    actions: [],
    progress: { done: 0, total: 0 },
  });
  await batch.add('executions', { executionId: 'odd', startedAt });
  await batch.commit();
  const show = (id: string) => runProgram(['archive', 'show', id, '--archive', own, '--json']);
  expect(JSON.parse((await show('one')).stdout).events).toMatchObject([{ id: 1, type: 'PassStateEntered' }]);
  expect(await show('odd')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/SW4502[\s\S]*not what an execution is to this version/),
  });
});

test('who verifies many parts is told how far that has come', async () => {
  const own = join(folder, 'many');
  const day = join(own, '_manifests/kind=events/day=2026-11-26');
  mkdirSync(day, { recursive: true });
  for (let part = 0; part < 101; part++) writeFileSync(join(day, `part-${part}.json`), '{}');
  const ran = await runProgram(['archive', 'verify', '--archive', own]);
  expect([ran.exitCode, ran.stderr]).toEqual([1, '100 parts read']);
});

test.each([
  [{ archive: 'named' }, { STEPWRIGHT_ARCHIVE: 'given' }, /\/named$/],
  [{}, { STEPWRIGHT_ARCHIVE: 'given' }, /\/given$/],
  [{}, { STEPWRIGHT_ARCHIVE: '' }, /\/\.stepwright\/archive$/],
  [{}, {}, /\/\.stepwright\/archive$/],
])('with %j and %j the archive is %s', async (args, environment, place) => {
  expect((await findArchive(args, environment)).place).toMatch(place);
});

test('an archive that is not there is no empty one', async () => {
  const ran = await runProgram(['archive', 'list', '--archive', join(folder, 'nowhere')]);
  expect([ran.exitCode, ran.stderr]).toEqual([1, expect.stringContaining('SW4501')]);
});
