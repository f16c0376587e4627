import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { backUp, restore } from '#embedded/backup.ts';
import { openDataDirectory } from '#embedded/data-directory.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import { Database } from '#storage/database.ts';
import { runProgram } from '#support/run-program.ts';
import { SqliteTable } from '#table/sqlite.ts';

let root = '';
let data = '';
let file = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'stepwright-backup-'));
  data = join(root, 'data');
  file = join(root, 'backup.db');
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const quiet = { onProgress: () => {} };

interface Served {
  readonly database: Database;
  readonly engine: EmbeddedEngine;
  readonly table: SqliteTable;
  readonly clock: VirtualClock;
}

/** Works on a data directory as a server does, and stops. */
async function serve(directory: string, work: (served: Served) => Promise<void>): Promise<void> {
  const opened = openDataDirectory(directory);
  const database = new Database(opened.databasePath);
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const engine = new EmbeddedEngine({ database, clock, functions: {} });
  await work({ database, engine, clock, table: new SqliteTable(database) });
  engine.close();
  database.close();
  opened.release();
}

const WAITS: JsonObject = {
  QueryLanguage: 'JSONata',
  StartAt: 'a',
  States: {
    a: { Type: 'Pass', Output: { made: '{% $uuid() %}' }, Next: 'b' },
    b: { Type: 'Wait', Seconds: 60, End: true },
  },
};
const REF = { machine: 'waits', name: 'one' };

test('what runs when a backup is made goes on from there when it is restored', async () => {
  let before: unknown;
  await serve(data, async ({ engine }) => {
    await engine.deploy({ name: 'waits', definition: WAITS });
    await engine.start(REF, {});
    await expect.poll(async () => (await engine.history(REF, 0)).length).toBe(4);
    before = await engine.history(REF, 0);
    await backUp({ data, file, ...quiet });
  });
  const other = join(root, 'other');
  await restore({ data: other, file, ...quiet });
  await serve(other, async ({ engine, clock }) => {
    engine.recover();
    const ended = engine.whenEnded(REF);
    await expect.poll(async () => (await engine.history(REF, 0)).length).toBe(4);
    expect(await engine.history(REF, 0)).toEqual(before);
    await expect.poll(() => clock.advance(70_000).then(() => engine.running)).toBe(0);
    expect(await ended).toMatchObject({ status: 'SUCCEEDED' });
  });
});

test('a backup under load is one instant: what was written together is there together', async () => {
  await serve(data, async ({ table }) => {
    await table.putAll(
      Array.from({ length: 3_000 }, (_, n) => ({ pk: 'FILL', sk: String(n), text: 'x'.repeat(1_000) })),
    );
    let isDone = false;
    let pairs = 0;
    const load = async (): Promise<void> => {
      for (; !isDone; pairs++) {
        const n = String(pairs).padStart(9, '0');
        await table.transact([{ put: { pk: 'LEFT', sk: n } }, { put: { pk: 'RIGHT', sk: n } }]);
      }
    };
    const loading = load();
    const progress: number[] = [];
    await backUp({ data, file, onProgress: ({ pages }) => progress.push(pages) });
    isDone = true;
    await loading;
    expect(progress.length).toBeGreaterThan(0);
    expect(pairs).toBeGreaterThan(2);
  });
  const copy = new DatabaseSync(file, { readOnly: true });
  const keys = (pk: string): unknown => copy.prepare('SELECT sk FROM items WHERE pk = ? ORDER BY sk').all(pk);
  expect(keys('LEFT')).toEqual(keys('RIGHT'));
  expect(copy.prepare("SELECT count(*) AS n FROM items WHERE pk = 'FILL'").get()).toEqual({ n: 3_000 });
  copy.close();
});

test('a backup and what is made of it are for their owner alone, and one file', async () => {
  await serve(data, async () => {});
  await backUp({ data, file, ...quiet });
  const other = join(root, 'other');
  await restore({ data: other, file, ...quiet });
  expect(readdirSync(root).sort()).toEqual(['backup.db', 'data', 'other']);
  expect(readdirSync(other).sort()).toEqual(['lock', 'stepwright.db']);
  for (const path of [file, join(other, 'stepwright.db'), join(data, 'stepwright.db')]) {
    expect(statSync(path).mode & 0o777, path).toBe(0o600);
  }
});

test('a backup overwrites nothing', async () => {
  await serve(data, async () => {});
  writeFileSync(file, 'the last good one');
  await expect(backUp({ data, file, ...quiet })).rejects.toMatchObject({ code: 'SW3076' });
  expect(statSync(file).size).toBe(17);
});

test('a backup that fails leaves nothing behind', async () => {
  mkdirSync(data);
  writeFileSync(join(data, 'stepwright.db'), 'no database'.repeat(1_000));
  await expect(backUp({ data, file, ...quiet })).rejects.toMatchObject({ code: 'SW3073' });
  await expect(backUp({ data, file: join(root, 'nowhere/backup.db'), ...quiet })).rejects.toMatchObject({
    code: 'SW3024',
  });
  expect(readdirSync(root)).toEqual(['data']);
});

test('where there is no data there is nothing to back up', async () => {
  await expect(backUp({ data, file, ...quiet })).rejects.toMatchObject({ code: 'SW3077' });
});

/** A backup, spoilt. */
const SPOILT: readonly (readonly [string, string, () => void])[] = [
  ['is not there', 'SW3078', () => rmSync(file)],
  ['is text', 'SW3078', () => writeFileSync(file, 'text '.repeat(2_000))],
  ['is empty', 'SW3078', () => truncateSync(file)],
  ['is cut off', 'SW3073', () => truncateSync(file, 20_480)],
  [
    'is a database of something else',
    'SW3078',
    () => {
      rmSync(file);
      new DatabaseSync(file).exec('CREATE TABLE songs (name TEXT)');
    },
  ],
  [
    'is of a newer program',
    'SW3075',
    () => new DatabaseSync(file).exec("UPDATE schema_versions SET version = 99 WHERE component = 'table'"),
  ],
];

test.each(SPOILT)('a file that %s is not restored (%s)', async (_what, code, spoil) => {
  await serve(data, async () => {});
  await backUp({ data, file, ...quiet });
  spoil();
  const other = join(root, 'other');
  await expect(restore({ data: other, file, ...quiet })).rejects.toMatchObject({ code });
  expect(existsSync(other)).toBe(false);
});

test('a directory that is in use, or holds data or a log of data, is not restored into', async () => {
  await serve(data, async () => {
    await backUp({ data, file, ...quiet });
    await expect(restore({ data, file, ...quiet })).rejects.toMatchObject({ code: 'SW3010' });
  });
  await expect(restore({ data, file, ...quiet })).rejects.toMatchObject({ code: 'SW3079' });
  const other = join(root, 'other');
  mkdirSync(other);
  copyFileSync(file, join(other, 'stepwright.db-wal'));
  await expect(restore({ data: other, file, ...quiet })).rejects.toMatchObject({ code: 'SW3079' });
});

test('a file of the first release is given free pages that can be given back', async () => {
  await serve(data, async () => {});
  const old = new DatabaseSync(join(data, 'stepwright.db'));
  old.exec('PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM');
  old.close();
  await backUp({ data, file, ...quiet });
  const copy = new DatabaseSync(file);
  expect(copy.prepare('PRAGMA auto_vacuum').get()).toEqual({ auto_vacuum: 2 });
  copy.close();
});

test('the command line tells what it wrote, and with --json as one document', async () => {
  await serve(data, async () => {});
  const backup = await runProgram(['backup', file, '--data', data, '--json']);
  expect(JSON.parse(backup.stdout)).toEqual({ file, bytes: statSync(file).size });
  expect(backup.stderr).toBe('');
  const other = join(root, 'other');
  const restored = await runProgram(['restore', file, '--data', other]);
  expect(restored).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining(`stepwright start --data ${other}`),
  });
  const again = await runProgram(['backup', file, '--data', data]);
  expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('error[SW3076]') });
});
