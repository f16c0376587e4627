import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WATCHED_METRICS } from '#definition/alert/signals.ts';
import { runProgram } from '#support/run-program.ts';

const GUIDE = readFileSync(join(import.meta.dirname, '../../docs/guide/alerts.md'), 'utf8');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-alerts-guide-'));
  mkdirSync(join(folder, 'alerts'));
  writeFileSync(join(folder, 'alerts/plant.yaml'), block('yaml'));
  writeFileSync(join(folder, 'rollouts.jsonl'), block('json'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function block(language: string): string {
  return new RegExp(`\`\`\`${language}\n(.*?)\`\`\``, 's').exec(GUIDE)?.[1] ?? '';
}

const TEST = () => [
  ...['alerts', 'test', join(folder, 'alerts/plant.yaml'), '--events', join(folder, 'rollouts.jsonl')],
  ...['--after', '2h'],
];

test('the rules of the guide, replayed over its events, tell what it shows', async () => {
  const { exitCode, stdout } = await runProgram(TEST());
  expect([exitCode, stdout.trimEnd()]).toEqual([0, block('text').trimEnd()]);
});

test('a pipeline is told when other alerts fire than should', async () => {
  expect((await runProgram([...TEST(), '--fires', 'failing-rollouts'])).exitCode).toBe(0);
  const none = await runProgram([...TEST(), '--fires']);
  expect([none.exitCode, none.stdout]).toEqual([1, expect.stringContaining('FAIL failing-rollouts fires')]);
  expect((await runProgram([...TEST(), '--fires', 'broker-down'])).exitCode).toBe(1);
  const misspelt = await runProgram([...TEST(), '--fires', 'failing']);
  expect([misspelt.exitCode, misspelt.stderr]).toEqual([2, expect.stringContaining('SW3091')]);
});

test('the guide tells of every metric, and of no other', () => {
  const [, table = ''] = /\| metric \| is \|\n(.*?)\n\n/s.exec(GUIDE) ?? [];
  const rows = table.split('\n').map((row) => row.split('|')[1] ?? '');
  const told = rows.flatMap((cell) => cell.match(/[a-z]+\.[a-zA-Z]+/g) ?? []);
  expect(told.toSorted()).toEqual(Object.keys(WATCHED_METRICS).toSorted());
});
