import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { FolderStore } from '#archive/stores/folder-store.ts';
import { describeArchiveStore } from './archive-store.ts';

const root = mkdtempSync(join(tmpdir(), 'stepwright-archive-'));
afterAll(() => rmSync(root, { recursive: true }));

let opened = 0;
describeArchiveStore('an archive in a folder', async () => {
  const folder = join(root, String(opened++), 'archive');
  return {
    store: new FolderStore(folder),
    breakIt: async () => {
      rmSync(join(folder, '..'), { recursive: true, force: true });
      writeFileSync(join(folder, '..'), 'in the way');
    },
  };
});

test('files are for their owner alone, and nothing of a file is there that is being written', async () => {
  const folder = join(root, 'modes');
  const store = new FolderStore(folder);
  await store.put('k=a/day=1/part', Buffer.from('x'));
  expect(statSync(join(folder, 'k=a/day=1/part')).mode & 0o777).toBe(0o600);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  writeFileSync(join(folder, 'k=a/day=1/part2.99.tmp'), 'half');
  expect(await Array.fromAsync(store.list('k=a/'))).toEqual(['k=a/day=1/part']);
  expect(readdirSync(join(folder, 'k=a/day=1'))).toHaveLength(2);
});

test('where the system takes no folders, that is said, and nobody waits for ever', async () => {
  await expect(new FolderStore('/proc/nowhere/archive').put('x', Buffer.from('x'))).rejects.toMatchObject({
    code: 'SW4501',
  });
});
