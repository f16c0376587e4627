import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Database } from '#storage/database.ts';

/** As the file itself says. */
const PAGE_BYTES = 16_384;

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-database-'));
  path = join(folder, 'test.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A database with a table and no room for more than some 48 KiB in it. */
function smallDisk(): { database: Database; insert(bytes: number): Promise<unknown>; count(): unknown } {
  const database = new Database(path);
  database.sqlite.exec('CREATE TABLE rows (text TEXT)');
  const pages = Number(database.sqlite.prepare('PRAGMA page_count').get()?.['page_count']);
  database.sqlite.exec(`PRAGMA max_page_count = ${pages + 3}`);
  const statement = database.sqlite.prepare('INSERT INTO rows VALUES (?)');
  return {
    database,
    insert: (bytes) => database.commit(() => statement.run('x'.repeat(bytes))),
    count: () => database.sqlite.prepare('SELECT count(*) AS n FROM rows').get()?.['n'],
  };
}

test('a full disk rejects the whole group, and all that comes after it', async () => {
  const { database, insert, count } = smallDisk();
  await insert(100);
  const group = [insert(100), insert(100_000), insert(100), database.durable()];
  const outcomes = await Promise.allSettled(group);
  for (const outcome of outcomes) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'SW3071', kind: 'unavailable' } });
  }
  await expect(insert(1)).rejects.toMatchObject({ code: 'SW3071' });
  await expect(database.durable()).rejects.toMatchObject({ code: 'SW3071' });
  expect(await database.failed).toMatchObject({ code: 'SW3071', message: `the disk of ${path} is full` });
  expect(count()).toBe(1);
  database.close();
});

test('what was acknowledged before a full disk is there when the file is opened again, and the rest is taken then', async () => {
  const { database, insert } = smallDisk();
  await insert(100);
  await expect(insert(100_000)).rejects.toMatchObject({ code: 'SW3071' });
  database.close();
  const again = new Database(path);
  await again.commit(() => again.sqlite.exec("INSERT INTO rows VALUES ('after')"));
  expect(again.sqlite.prepare('SELECT count(*) AS n FROM rows').get()).toEqual({ n: 2 });
  again.close();
});

test('a commit that fails rejects all who wait for it', async () => {
  const { database, insert } = smallDisk();
  const writes = [insert(10), insert(10)];
  // A foreign key that is checked at the end makes the COMMIT itself fail.
  database.sqlite.exec('CREATE TABLE parent (id INTEGER PRIMARY KEY)');
  database.sqlite.exec('PRAGMA defer_foreign_keys = ON');
  database.sqlite.exec(
    'CREATE TABLE child (id INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)',
  );
  database.sqlite.exec('INSERT INTO child VALUES (1)');
  const outcomes = await Promise.allSettled(writes);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(database.sqlite.isTransaction).toBe(false);
  expect(await database.failed).toMatchObject({ code: 'SW3074' });
  database.close();
});

test('work that decides against it rejects its own commit only', async () => {
  const { database, insert, count } = smallDisk();
  const good = insert(10);
  await expect(
    database.commit(() => {
      throw new RangeError('no');
    }),
  ).rejects.toThrow(RangeError);
  await good;
  expect(count()).toBe(1);
  database.close();
});

test('a constraint that does not hold undoes one statement, and the group goes on', async () => {
  const { database, insert, count } = smallDisk();
  database.sqlite.exec('CREATE TABLE names (name TEXT UNIQUE)');
  const add = (name: string): Promise<unknown> =>
    database.commit(() => database.sqlite.prepare('INSERT INTO names VALUES (?)').run(name));
  const outcomes = await Promise.allSettled([add('a'), add('a'), insert(10)]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(count()).toBe(1);
  database.close();
});

test('those who write in one turn share a commit, at the time that is scheduled', async () => {
  const ends: (() => void)[] = [];
  const database = new Database(path, { schedule: (end) => ends.push(end) });
  database.sqlite.exec('CREATE TABLE rows (text TEXT)');
  const insert = (): Promise<unknown> =>
    database.commit(() => database.sqlite.exec("INSERT INTO rows VALUES ('x')"));
  const writes = [insert(), insert()];
  expect(ends).toHaveLength(1);
  const reader = new DatabaseSync(path);
  const seen = (): unknown => reader.prepare('SELECT count(*) AS n FROM rows').get()?.['n'];
  expect(seen()).toBe(0);
  ends[0]?.();
  await Promise.all(writes);
  expect(seen()).toBe(2);
  reader.close();
  database.close();
});

/** A database with a table, and how many of its rows another connection sees. */
function seenFromOutside() {
  const database = new Database(path);
  database.sqlite.exec('CREATE TABLE rows (text TEXT)');
  const reader = new DatabaseSync(path);
  const count = reader.prepare('SELECT count(*) AS n FROM rows');
  return {
    insert: () => database.commit(() => database.sqlite.exec("INSERT INTO rows VALUES ('x')")),
    seen: () => count.get()?.['n'],
    close: () => {
      reader.close();
      database.close();
    },
  };
}

test('who writes in the turn after several others is in their commit', async () => {
  const { insert, seen, close } = seenFromOutside();
  const several = [insert(), insert()];
  const another = nextTurn().then(insert);
  await Promise.all(several);
  expect(seen()).toBe(3);
  await another;
  close();
});

test('who writes alone does not wait for who comes in the next turn', async () => {
  const { insert, seen, close } = seenFromOutside();
  const alone = insert();
  const another = nextTurn().then(insert);
  await alone;
  expect(seen()).toBe(1);
  await another;
  expect(seen()).toBe(2);
  close();
});

test('a commit comes, however many go on joining it', async () => {
  const { insert, seen, close } = seenFromOutside();
  let isDurable = false;
  const all = [insert(), insert()];
  void all[0]?.then(() => {
    isDurable = true;
  });
  while (!isDurable) {
    all.push(insert());
    await nextTurn();
  }
  await Promise.all(all);
  expect(seen()).toBe(all.length);
  close();
});

test.each([
  [
    'text',
    'SW3073',
    () => writeFileSync(path, 'this is no database, and longer than a header of SQLite is'.repeat(20)),
  ],
  ['a folder', 'SW3072', () => (path = folder)],
] as const)('a file that is %s is refused with %s', (_what, code, make) => {
  make();
  expect(() => new Database(path)).toThrow(expect.objectContaining({ code }));
});

test('a file that may only be read is refused when it is opened', () => {
  new Database(path).close();
  const url = new URL(`${pathToFileURL(path).href}?mode=ro`);
  expect(() => new Database(url)).toThrow(expect.objectContaining({ code: 'SW3072' }));
});

test('a file that another program holds is refused in the end', () => {
  const other = new DatabaseSync(path);
  other.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE');
  expect(() => new Database(path, { busyTimeoutMs: 20 })).toThrow(
    expect.objectContaining({ code: 'SW3074' }),
  );
  other.close();
});

test('a damaged page fails what reads it in a group, with what to do', async () => {
  const database = new Database(path);
  database.sqlite.exec('CREATE TABLE rows (text TEXT)');
  database.sqlite.exec(
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500) INSERT INTO rows SELECT printf('%0200d', i) FROM n",
  );
  database.close();
  const damaged = join(folder, 'damaged.db');
  copyFileSync(path, damaged);
  const { openSync, writeSync, closeSync } = await import('node:fs');
  const file = openSync(damaged, 'r+');
  for (let page = 2; page < 6; page++)
    writeSync(file, Buffer.alloc(PAGE_BYTES, 0xff), 0, PAGE_BYTES, page * PAGE_BYTES);
  closeSync(file);
  const opened = new Database(damaged);
  await expect(opened.commit(() => opened.sqlite.exec('DELETE FROM rows'))).rejects.toMatchObject({
    code: 'SW3073',
  });
  opened.close();
  expect(existsSync(damaged)).toBe(true);
});

test('a database that is abandoned loses what is open, and answers nobody any more; another goes on from what was durable', async () => {
  const shared = 'file:abandoned?mode=memory&cache=shared';
  const [dying, next] = [new Database(shared), new Database(shared)];
  dying.sqlite.exec('CREATE TABLE rows (text TEXT)');
  await dying.commit(() => dying.sqlite.exec("INSERT INTO rows VALUES ('kept')"));
  const heard: string[] = [];
  void dying
    .commit(() => dying.sqlite.exec("INSERT INTO rows VALUES ('lost')"))
    .then(() => heard.push('commit'));

  dying.abandon();
  void dying.durable().then(() => heard.push('durable'));
  void dying.commit(() => heard.push('work')).then(() => heard.push('again'));
  void dying.commitLate(() => heard.push('late')).then(() => heard.push('late'));
  await new Promise((resolve) => setImmediate(resolve));

  expect(heard).toEqual([]);
  expect(next.sqlite.prepare('SELECT text FROM rows').all()).toEqual([{ text: 'kept' }]);
  dying.close();
  next.close();
});
