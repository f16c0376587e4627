import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finished } from './command-line.ts';
import { ServedFolder } from './served-folder.ts';

const WORKFLOW = `
stepwright: 1
name: mark
version: 1.0.0
steps: [{ id: mark, set: { x: 1 } }]
`;
const REPORT = `
stepwright: 1
report: marks
title: Marks
description: How often it was marked.
source: executions
groupBy: { site: input.site }
measures: { runs: count, failed: { share: "status = 'FAILED'" } }
schedule: { cron: "0 7 * * mon" }
`;

let folder: ServedFolder;
beforeAll(async () => {
  folder = new ServedFolder({
    'project/mark.yaml': WORKFLOW,
    'project/reports/marks.yaml': REPORT,
    'other.yaml': REPORT.replace('report: marks', 'report: other').replace('title: Marks', 'title: Others'),
    'broken.yaml': REPORT.replace('input.site', 'inputs.site'),
  });
  await folder.serve();
  expect((await folder.verb('workflows', 'publish', 'project')).exitCode).toBe(0);
  for (const site of ['berlin', 'berlin', 'porto'])
    await folder.document('POST', '/v1/workflows/mark/executions', { input: { site } });
}, 60_000);
afterAll(() => folder.close());

const report = (...args: readonly string[]): Promise<Finished> => folder.verb('report', ...args);

test('a published report is made for the terminal, for a file, and as JSON', async () => {
  const made = await report('make', 'marks', '--last', '1h');
  expect(made.stdout.split('\n').slice(2, 7)).toEqual([
    'SITE    RUNS  FAILED',
    'berlin     2     0 %',
    'porto      1     0 %',
    'All        3     0 %',
    '3 records of 3 read',
  ]);
  expect((await report('make', 'marks', '--format', 'csv')).stdout).toBe(
    'site,runs,failed\r\nberlin,2,0\r\nporto,1,0\n',
  );
  const written = await report('make', 'marks', '--out', 'marks.html');
  expect([written.exitCode, written.stderr]).toEqual([0, expect.stringContaining('wrote marks.html')]);
  expect(readFileSync(folder.file('marks.html'), 'utf8')).toMatch(/^<!doctype html>/);
  expect(JSON.parse((await report('make', 'marks', '--json')).stdout)).toMatchObject({ totals: { runs: 3 } });
});

test('a file is made without being published, and published when that is asked for', async () => {
  expect((await report('make', 'other.yaml')).stdout).toContain('Others');
  expect((await report('show', 'other')).stderr).toContain('SW4221');
  const broken = await report('make', 'broken.yaml');
  expect([broken.exitCode, broken.stderr]).toEqual([2, expect.stringContaining('SW1851')]);
  expect((await report('make', 'project/mark.yaml')).stderr).toContain('SW1007');
  expect((await report('publish', 'other.yaml')).stdout).toMatch(
    /^published other, next made \d+ \w+ \d{4}, 07:00/,
  );
  const listed = (await report('list')).stdout;
  expect([listed.includes('marks'), listed.includes('other')]).toEqual([true, true]);
});

test('what was made is listed, and read as it was', async () => {
  await folder.document('POST', '/v1/reports/marks/made');
  const [, line = ''] = (await report('made', 'marks')).stdout.split('\n');
  const [id = ''] = line.split(' ');
  expect(line).toMatch(/request\s+3\s+2\s+html/);
  expect((await report('made', 'marks', id)).stdout).toMatch(/^<!doctype html>/);
});
