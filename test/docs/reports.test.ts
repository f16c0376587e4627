import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { REPORT_SOURCE_NAMES, REPORT_SOURCES } from '#definition/report/fields.ts';
import { runProgram } from '#support/run-program.ts';

const PAGE = join(import.meta.dirname, '../../docs/guide/reports.md');
const GUIDE = readFileSync(PAGE, 'utf8');
const PLACE = /(<!-- fields -->\n)[\s\S]*(<!-- \/fields -->)/;

const folder = mkdtempSync(join(tmpdir(), 'stepwright-reports-guide-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A table of the fields of each source. */
function fieldTables(): string {
  return REPORT_SOURCE_NAMES.map((name) => {
    const { of, period, fields } = REPORT_SOURCES[name];
    const rows = Object.entries(fields).map(([field, { type, is }]) => `| \`${field}\` | ${type} | ${is} |`);
    return `**${name}**: ${of}. In a period are ${period}.\n\n| field | holds | is |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
  }).join('\n');
}

test('the guide has the fields of every source', () => {
  const wanted = GUIDE.replace(PLACE, `$1\n${fieldTables()}\n$2`);
  if (process.env['UPDATE_DOCS'] === '1') writeFileSync(PAGE, wanted);
  else expect(GUIDE).toBe(wanted);
});

test('the report of the guide is valid', async () => {
  mkdirSync(join(folder, 'reports'));
  const [, text = ''] = /```yaml\n(.*?)```/s.exec(GUIDE) ?? [];
  writeFileSync(join(folder, 'reports/weekly-rollouts.yaml'), text);
  expect((await runProgram(['validate', join(folder, 'reports/weekly-rollouts.yaml')])).exitCode).toBe(0);
});
