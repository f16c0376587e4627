import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EngineStore } from '#engine/embedded/store.ts';
import { Database } from '#storage/database.ts';
import { describeJournalStore } from './journal-store.ts';

describeJournalStore('SQLite', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stepwright-store-'));
  const opened: Database[] = [];
  let path = join(folder, 'store-0.db');
  return {
    open: () => {
      const database = new Database(path);
      opened.push(database);
      return new EngineStore(database);
    },
    // What a process that dies now leaves on the disk.
    crash: () => {
      const next = join(folder, `store-${opened.length}.db`);
      for (const suffix of ['', '-wal']) {
        if (existsSync(`${path}${suffix}`)) copyFileSync(`${path}${suffix}`, `${next}${suffix}`);
      }
      path = next;
    },
    fail: () => {
      const { sqlite } = opened.at(-1) ?? {};
      const used = sqlite?.prepare('PRAGMA page_count').get()?.['page_count'];
      sqlite?.exec(`CREATE TABLE filler (x TEXT); PRAGMA max_page_count = ${Number(used) + 1}`);
      sqlite?.exec(
        `CREATE TRIGGER fill BEFORE INSERT ON journal BEGIN INSERT INTO filler VALUES (zeroblob(100000)); END`,
      );
    },
    close: () => {
      for (const database of opened) database.close();
      rmSync(folder, { recursive: true });
    },
  };
});
