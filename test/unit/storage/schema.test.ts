import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { migrate, type Schema, schemaVersion } from '#storage/schema.ts';

const ONE = 'CREATE TABLE IF NOT EXISTS things (name TEXT)';
const TWO = "ALTER TABLE things ADD COLUMN colour TEXT NOT NULL DEFAULT 'grey'";
const THREE = "INSERT INTO things VALUES ('made by step 3', 'red')";

function schema(...steps: string[]): Schema {
  return { component: 'shelf', steps };
}

test('steps are taken in order, each once', () => {
  const sqlite = new DatabaseSync(':memory:');
  migrate(sqlite, schema(ONE, TWO));
  migrate(sqlite, schema(ONE, TWO, THREE));
  migrate(sqlite, schema(ONE, TWO, THREE));
  expect(schemaVersion(sqlite, 'shelf')).toBe(3);
  expect(sqlite.prepare('SELECT * FROM things').all()).toEqual([{ name: 'made by step 3', colour: 'red' }]);
});

test('a file from before there were versions is taken for one of version 0, its rows are kept', () => {
  const sqlite = new DatabaseSync(':memory:');
  sqlite.exec("CREATE TABLE things (name TEXT); INSERT INTO things VALUES ('old')");
  migrate(sqlite, schema(ONE, TWO));
  expect(sqlite.prepare('SELECT * FROM things').all()).toEqual([{ name: 'old', colour: 'grey' }]);
});

test('components count for themselves', () => {
  const sqlite = new DatabaseSync(':memory:');
  migrate(sqlite, schema(ONE, TWO));
  migrate(sqlite, { component: 'other', steps: ['CREATE TABLE others (name TEXT)'] });
  expect([
    schemaVersion(sqlite, 'shelf'),
    schemaVersion(sqlite, 'other'),
    schemaVersion(sqlite, 'none'),
  ]).toEqual([2, 1, 0]);
});

test('a step that fails leaves the version before, whole', () => {
  const sqlite = new DatabaseSync(':memory:');
  const broken = `${THREE}; INSERT INTO nowhere VALUES (1)`;
  expect(() => migrate(sqlite, schema(ONE, TWO, broken))).toThrow('nowhere');
  expect(schemaVersion(sqlite, 'shelf')).toBe(2);
  expect(sqlite.prepare('SELECT count(*) AS n FROM things').get()).toEqual({ n: 0 });
  migrate(sqlite, schema(ONE, TWO, THREE));
  expect(schemaVersion(sqlite, 'shelf')).toBe(3);
});

test('a file of a newer program is refused with SW3075, and not touched', () => {
  const sqlite = new DatabaseSync(':memory:');
  migrate(sqlite, schema(ONE, TWO, THREE));
  expect(() => migrate(sqlite, schema(ONE, TWO))).toThrow(
    expect.objectContaining({ code: 'SW3075', message: expect.stringContaining('version 3') }),
  );
  expect(schemaVersion(sqlite, 'shelf')).toBe(3);
});
