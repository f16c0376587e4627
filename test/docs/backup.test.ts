import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createProgram } from '#cli/program.ts';
import { openDataDirectory } from '#embedded/data-directory.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import { Database } from '#storage/database.ts';
import { recordingTerminal } from '#support/recording-terminal.ts';
import { runProgram } from '#support/run-program.ts';
import { SqliteTable } from '#table/sqlite.ts';

const PAGE = readFileSync(join(import.meta.dirname, '../../docs/guide/backup.md'), 'utf8');
const LINES = [...PAGE.matchAll(/^npx stepwright (.+)$/gm)].map(([, args = '']) => args.split(' '));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-docs-'));
  const directory = openDataDirectory(join(folder, '.stepwright'));
  const database = new Database(directory.databasePath);
  new EmbeddedEngine({ database, functions: {} }).close();
  new SqliteTable(database);
  database.close();
  directory.release();
});
afterAll(() => rmSync(folder, { recursive: true }));

test('the commands of the guide do what it says', async () => {
  const files = LINES.map((args) =>
    args.map((arg) => (/\.db$|^\.?\w+$/.test(arg) ? join(folder, arg) : arg)),
  );
  const runs = files.map((args, at) => [LINES[at]?.[0] ?? '', ...args.slice(1)]);
  expect(runs.map(([verb]) => verb)).toEqual(['backup', 'restore', 'start']);
  for (const run of runs.slice(0, 2)) expect(await runProgram(run)).toMatchObject({ exitCode: 0 });
});

test('start keeps executions as long as the guide says', () => {
  const program = createProgram(recordingTerminal(), async () => {});
  const start = program.commands.find((command) => command.name() === 'start');
  expect(start?.opts()['retain']).toMatchObject({ executions: 90 * 86_400_000 });
  const parse = start?.options.find(({ long }) => long === '--retain')?.parseArg;
  expect(parse?.('30d', undefined)).toMatchObject({ executions: 30 * 86_400_000 });
  expect(parse?.('forever', undefined)).toMatchObject({ executions: Number.POSITIVE_INFINITY });
  for (const wrong of ['', '0d', '30', 'never', '-1d'])
    expect(() => parse?.(wrong, undefined), wrong).toThrow(/30d/);
});
