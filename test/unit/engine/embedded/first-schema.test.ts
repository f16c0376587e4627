import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import { ENGINE_SCHEMA } from '#engine/embedded/store.ts';
import { Database } from '#storage/database.ts';
import { schemaVersion } from '#storage/schema.ts';
import { SqliteTable, TABLE_SCHEMA } from '#table/sqlite.ts';

/** The tables as the first release made them, which knew no versions. */
const FIRST_RELEASE = `
  PRAGMA journal_mode = WAL;
  CREATE TABLE engine_settings (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE machines (name TEXT PRIMARY KEY, definition TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE executions (
    id INTEGER PRIMARY KEY, machine TEXT NOT NULL, name TEXT NOT NULL, status TEXT NOT NULL,
    input TEXT NOT NULL, output TEXT, error TEXT, cause TEXT,
    startedAt INTEGER NOT NULL, endedAt INTEGER, notified INTEGER NOT NULL DEFAULT 0,
    UNIQUE (machine, name)
  );
  CREATE INDEX executions_unsettled ON executions (id) WHERE notified = 0;
  CREATE TABLE journal (
    execution INTEGER NOT NULL, first INTEGER NOT NULL, events TEXT NOT NULL, PRIMARY KEY (execution, first)
  ) WITHOUT ROWID;
  CREATE TABLE items (
    pk TEXT NOT NULL, sk TEXT NOT NULL, gsi1pk TEXT, gsi1sk TEXT, gsi2pk TEXT, gsi2sk TEXT,
    expiresAt INTEGER, body TEXT NOT NULL, PRIMARY KEY (pk, sk)
  ) WITHOUT ROWID;
  CREATE INDEX items_gsi1 ON items (gsi1pk, gsi1sk, pk, sk) WHERE gsi1pk IS NOT NULL;
  CREATE INDEX items_gsi2 ON items (gsi2pk, gsi2sk, pk, sk) WHERE gsi2pk IS NOT NULL;
  CREATE INDEX items_expiry ON items (expiresAt) WHERE expiresAt IS NOT NULL;
`;

const MACHINE = JSON.stringify({
  QueryLanguage: 'JSONata',
  StartAt: 'a',
  States: {
    a: { Type: 'Pass', Output: 1, Next: 'b' },
    b: { Type: 'Pass', Output: '{% $states.input + 1 %}', End: true },
  },
});

/** State \`a\` was left, \`b\` not entered: as the first release journaled it. */
const JOURNAL = JSON.stringify([
  { type: 'ExecutionStarted', details: { input: '{}' }, previousEventId: 0, thread: '', id: 1, timestamp: 1 },
  {
    type: 'PassStateEntered',
    details: { name: 'a', input: '{}' },
    previousEventId: 1,
    thread: '',
    id: 2,
    timestamp: 1,
  },
  {
    type: 'PassStateExited',
    details: { name: 'a', output: '41' },
    previousEventId: 2,
    thread: '',
    next: 'b',
    id: 3,
    timestamp: 1,
  },
]);

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-schema-'));
  path = join(folder, 'stepwright.db');
  const sqlite = new DatabaseSync(path);
  sqlite.exec(FIRST_RELEASE);
  sqlite.prepare("INSERT INTO machines VALUES ('m', ?)").run(MACHINE);
  sqlite.exec(
    "INSERT INTO executions (machine, name, status, input, startedAt) VALUES ('m', 'one', 'RUNNING', '{}', 1)",
  );
  sqlite.prepare('INSERT INTO journal VALUES (1, 1, ?)').run(JOURNAL);
  sqlite.prepare("INSERT INTO items (pk, sk, body) VALUES ('P', 'a', ?)").run('{"pk":"P","sk":"a","n":1}');
  sqlite.close();
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a file of the first release is brought to the newest version, and what it had begun goes on', async () => {
  const database = new Database(path);
  const engine = new EmbeddedEngine({ database, functions: {} });
  const table = new SqliteTable(database);
  expect(schemaVersion(database.sqlite, 'engine')).toBe(ENGINE_SCHEMA.steps.length);
  expect(schemaVersion(database.sqlite, 'table')).toBe(TABLE_SCHEMA.steps.length);
  expect(await table.get({ pk: 'P', sk: 'a' })).toMatchObject({ n: 1 });
  engine.recover();
  expect(await engine.whenEnded({ machine: 'm', name: 'one' })).toMatchObject({
    status: 'SUCCEEDED',
    output: 42,
  });
  engine.close();
  database.close();
});

test('a file that a newer engine has used is refused', () => {
  const sqlite = new DatabaseSync(path);
  sqlite.exec(`
    CREATE TABLE schema_versions (component TEXT PRIMARY KEY, version INTEGER NOT NULL) WITHOUT ROWID;
    INSERT INTO schema_versions VALUES ('engine', 99);
  `);
  sqlite.close();
  const database = new Database(path);
  expect(() => new EmbeddedEngine({ database, functions: {} })).toThrow(
    expect.objectContaining({ code: 'SW3075' }),
  );
  database.close();
});
