import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import fc from 'fast-check';
import { asyncBufferFromFile, parquetReadObjects } from 'hyparquet';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { DECISION_COLUMNS, type Row } from '#cli/export/columns.ts';
import { parseSplit } from '#cli/export/split.ts';
import { type ExportPlan, writeFiles } from '#cli/export/write-files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-export-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function* streamOf(rows: readonly Row[]): AsyncGenerator<Row> {
  yield* rows;
}

const plan = (part: Partial<ExportPlan> = {}): ExportPlan => ({
  ...{ name: 'd', folder, format: 'jsonl', split: undefined, fixed: DECISION_COLUMNS },
  ...{ notes: new Map(), about: { decision: 'd' } },
  ...part,
});

const at = (minute: number): string => new Date(Date.UTC(2026, 0, 1, 0, minute)).toISOString();

const linesOf = (file: string): unknown[] =>
  readFileSync(join(folder, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));

const AWKWARD: readonly Row[] = [
  { id: 'a', at: at(0), 'feature.text': 'a "quote", a comma\r\nand a line', 'feature.n': 1.5, success: true },
  { id: 'b', at: at(1), 'feature.text': 'ä \u2028 € =1+1', 'feature.list': [1, { a: null }], rules: [1, 2] },
  { id: 'c', at: at(2), 'feature.text': '', 'feature.mixed': 7, 'chosen.ask': false },
  { id: 'd', at: at(3), 'feature.mixed': 'seven', 'chosen.value': 'x', latency_ms: 0.25 },
];

test('JSON Lines hold each row as it is', async () => {
  const { rows } = await writeFiles(streamOf(AWKWARD), plan());
  expect(rows).toBe(4);
  expect(linesOf('d.jsonl')).toEqual(AWKWARD);
  expect(readdirSync(folder).sort()).toEqual(['d.dictionary.json', 'd.jsonl']);
});

test.each(['/', '/./', '/below/../'])('a folder that ends with %s has the same files', async (end) => {
  await writeFiles(streamOf([]), plan({ folder: `${folder}/below` }));
  const { files, dictionary } = await writeFiles(streamOf(AWKWARD), plan({ folder: `${folder}${end}` }));
  expect([files, dictionary]).toEqual([[{ file: 'd.jsonl', part: 'all', rows: 4 }], 'd.dictionary.json']);
  expect(readdirSync(folder).sort()).toEqual(['below', 'd.dictionary.json', 'd.jsonl']);
});

test('CSV is read back by a reader of RFC 4180, lists as JSON', async () => {
  await writeFiles(streamOf(AWKWARD), plan({ format: 'csv' }));
  const records = z
    .array(z.record(z.string(), z.string()))
    .parse(parseCsv(readFileSync(join(folder, 'd.csv')), { columns: true, relax_column_count: false }));
  expect(records[0]).toMatchObject({
    'feature.text': AWKWARD[0]?.['feature.text'],
    'feature.n': '1.5',
    success: 'true',
  });
  expect(records[1]).toMatchObject({ 'feature.list': '[1,{"a":null}]', rules: '[1,2]' });
  expect(records[3]).toMatchObject({ 'feature.mixed': '"seven"', 'chosen.ask': '', 'chosen.value': 'x' });
});

async function parquetRows(file: string): Promise<Record<string, unknown>[]> {
  return parquetReadObjects({ file: await asyncBufferFromFile(join(folder, file)) });
}

test('Parquet has numbers, truths and times as such, and mixed values as JSON', async () => {
  await writeFiles(streamOf(AWKWARD), plan({ format: 'parquet' }));
  const rows = await parquetRows('d.parquet');
  expect(rows[0]).toMatchObject({ at: new Date(at(0)), 'feature.n': 1.5, success: true });
  expect(rows[1]).toMatchObject({ 'feature.text': 'ä \u2028 € =1+1', 'feature.list': '[1,{"a":null}]' });
  expect(rows.map((row) => row['feature.mixed'] ?? null)).toEqual([null, null, '7', '"seven"']);
});

test('without rows, all formats have files with their columns', async () => {
  for (const format of ['jsonl', 'csv', 'parquet'] as const)
    expect(await writeFiles(streamOf([]), plan({ format }))).toMatchObject({ rows: 0 });
  expect(readFileSync(join(folder, 'd.csv'), 'utf8')).toMatch(/^id,at,decision,.*\r\n$/);
  expect(await parquetRows('d.parquet')).toEqual([]);
});

test('the dictionary says of each column what it is, in which unit, and how often it has a value', async () => {
  const notes = new Map([['feature.n', { meaning: 'Pressure.', unit: 'bar' }]]);
  await writeFiles(streamOf(AWKWARD), plan({ notes, split: { train: 0.5 } }));
  const dictionary = z
    .object({
      ...{ decision: z.string(), rows: z.number(), first: z.string(), last: z.string() },
      files: z.array(z.object({ file: z.string(), part: z.string(), rows: z.number() })),
      columns: z.array(
        z.looseObject({ name: z.string(), type: z.string(), meaning: z.string(), filled: z.number() }),
      ),
    })
    .parse(JSON.parse(readFileSync(join(folder, 'd.dictionary.json'), 'utf8')));
  expect(dictionary).toMatchObject({ decision: 'd', rows: 4, first: at(0), last: at(3) });
  expect(dictionary.files).toEqual([
    { file: 'd.train.jsonl', part: 'train', rows: 2 },
    { file: 'd.test.jsonl', part: 'test', rows: 2 },
  ]);
  const columnOf = (name: string) => dictionary.columns.find((column) => column.name === name);
  expect(columnOf('feature.n')).toEqual({
    name: 'feature.n',
    type: 'number',
    meaning: 'Pressure.',
    unit: 'bar',
    filled: 1,
  });
  expect(columnOf('latency_ms')).toMatchObject({ type: 'number', unit: 'ms', filled: 1 });
  expect(columnOf('feature.mixed')).toMatchObject({ type: 'json', filled: 2 });
});

test('a split by time puts each row into one part, none of training later than one of the test', async () => {
  const minutes = fc.array(fc.integer({ min: 0, max: 30 }), { maxLength: 40 });
  await fc.assert(
    fc.asyncProperty(minutes, fc.double({ min: 0.05, max: 0.95, noNaN: true }), async (made, train) => {
      const rows = made
        .toSorted((one, other) => one - other)
        .map((minute, id) => ({ id: String(id), at: at(minute) }));
      await writeFiles(streamOf(rows), plan({ split: { train } }));
      const [before, after] = ['train', 'test'].map((part) =>
        linesOf(`d.${part}.jsonl`).map((line) => z.object({ id: z.string(), at: z.string() }).parse(line)),
      );
      expect([...(before ?? []), ...(after ?? [])]).toEqual(rows);
      const last = before?.at(-1)?.at ?? '';
      expect(after?.every((row) => row.at > last)).toBe(true);
      expect(before?.length ?? 0).toBeGreaterThanOrEqual(
        Math.min(rows.length, Math.round(train * rows.length)),
      );
    }),
    { numRuns: 30 },
  );
});

test.each(['time:0', 'time:1', 'time:1.5', '0.8', 'random:0.8'])('%s is no split', (text) => {
  expect(() => parseSplit(text)).toThrow('time:0.8');
});

test('an export that dies leaves nothing, and what was there before stays', async () => {
  writeFileSync(join(folder, 'd.jsonl'), 'of before');
  async function* dying(): AsyncGenerator<Row> {
    yield* AWKWARD;
    expect(readdirSync(folder).filter((name) => !name.startsWith('.'))).toEqual(['d.jsonl']);
    throw new Error('the server is gone');
  }
  await expect(writeFiles(dying(), plan())).rejects.toThrow('the server is gone');
  expect(readdirSync(folder)).toEqual(['d.jsonl']);
  expect(readFileSync(join(folder, 'd.jsonl'), 'utf8')).toBe('of before');
});

test('a folder that cannot be written to is told of (SW3024)', async () => {
  writeFileSync(join(folder, 'file'), '');
  const within = plan({ folder: join(folder, 'file', 'below') });
  await expect(writeFiles(streamOf(AWKWARD), within)).rejects.toMatchObject({ code: 'SW3024' });
});
