import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Database } from '#storage/database.ts';
import { SqliteTable } from '#table/sqlite.ts';
import { describeTable } from './table.ts';

describeTable(
  'SQLite',
  async () => {
    const database = new Database(':memory:');
    return { table: new SqliteTable(database), close: async () => database.close() };
  },
  { propertyRuns: 200 },
);

test('what was written is there when the file is opened again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'stepwright-table-'));
  const path = join(folder, 'table.db');
  const before = new Database(path);
  await new SqliteTable(before).put({ pk: 'P', sk: 'a', n: 1 });
  before.close();
  const after = new Database(path);
  expect(await new SqliteTable(after).get({ pk: 'P', sk: 'a' })).toEqual({ pk: 'P', sk: 'a', n: 1 });
  after.close();
  rmSync(folder, { recursive: true });
});

test('what has expired is dropped when it is purged, and nothing else', async () => {
  const database = new Database(':memory:');
  const table = new SqliteTable(database);
  await table.putAll([
    { pk: 'P', sk: 'old', expiresAt: 99 },
    { pk: 'P', sk: 'now', expiresAt: 100 },
    { pk: 'P', sk: 'later', expiresAt: 101 },
    { pk: 'P', sk: 'never' },
  ]);
  await table.purge(100);
  expect((await table.query({ partition: 'P' })).items.map(({ sk }) => sk)).toEqual(['later', 'never']);
  database.close();
});
