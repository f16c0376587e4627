import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withTable } from '../../bench/engine/docs-table.ts';
import { EngineReportSchema } from '../../bench/engine/figures.ts';
import { printReport } from '../../bench/engine/table.ts';

const ROOT = join(import.meta.dirname, '../..');
const page = readFileSync(join(ROOT, 'docs/performance.md'), 'utf8');
const report = EngineReportSchema.parse(
  JSON.parse(readFileSync(join(ROOT, 'bench/results/engine.json'), 'utf8')),
);

test('the table of docs/performance.md is that of the last whole run', () => {
  expect(withTable(page, report)).toBe(page);
});

test('the table fits in 80 columns', () => {
  for (const line of printReport(report).split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});

test('a peer that was not here is shown with the reason', () => {
  const peers = [...report.peers.slice(0, 2), { name: 'other', runs: [], notHere: 'it is not installed' }];
  expect(printReport({ ...report, peers })).toContain('other         not here: it is not installed');
});

test('every peer of the table is explained', () => {
  for (const { name } of report.peers) expect(page).toContain(`| ${name} | `);
});
