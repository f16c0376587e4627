import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import type { ArchiveStore } from '#archive/stores/archive-store.ts';

/** What every store of an archive does. `open` gives an empty one, and a way to break it. */
export function describeArchiveStore(
  name: string,
  open: () => Promise<{ readonly store: ArchiveStore; breakIt(): Promise<void> }>,
): void {
  const all = (store: ArchiveStore, ...args: Parameters<ArchiveStore['list']>) =>
    Array.fromAsync(store.list(...args));

  describe(name, () => {
    test('what was put is read as it was, also when it was put twice', async () => {
      const { store } = await open();
      await store.put('a/b/one.gz', Buffer.from('first'));
      await store.put('a/b/one.gz', Buffer.from('second'));
      expect((await buffer(Readable.from(store.read('a/b/one.gz')))).toString()).toBe('second');
    });

    test('files are listed in order, below a prefix, after another', async () => {
      const { store } = await open();
      const paths = ['k=a/day=1/x', 'k=a/day=1/y', 'k=a/day=2/x', 'k=a-b/day=1/x', 'k=b/day=1/x'];
      for (const path of paths) await store.put(path, Buffer.from(path));
      expect(await all(store, 'k=a/')).toEqual(paths.slice(0, 3));
      expect(await all(store, 'k=a/', 'k=a/day=1/x')).toEqual(paths.slice(1, 3));
      expect(await all(store, 'k=a/', 'k=a/day=2/')).toEqual(paths.slice(2, 3));
      expect(await all(store, 'k=a/day=1/x')).toEqual(paths.slice(0, 1));
      expect(await all(store, 'k=a/day=2')).toEqual(paths.slice(2, 3));
      expect(await all(store, 'k=a/d')).toEqual(paths.slice(0, 3));
      expect(await all(store, 'k=c/')).toEqual([]);
      expect(await all(store, '')).toEqual(paths.toSorted());
    });

    test('files that are put at once where there is nothing yet are all there', async () => {
      const { store } = await open();
      const paths = ['k=a/day=1/x', 'k=a/day=1/y', 'k=a/day=2/z', 'k=b/day=1/x'];
      await Promise.all(paths.map((path) => store.put(path, Buffer.from(path))));
      expect(await all(store, '')).toEqual(paths);
    });

    test('a file that is not there is damage, and names the file', async () => {
      const { store } = await open();
      await store.put('x', Buffer.from('x'));
      await expect(buffer(Readable.from(store.read('nothing')))).rejects.toMatchObject({
        code: 'SW4502',
        message: expect.stringContaining('nothing'),
      });
    });

    test('a store that cannot be used says so, and which it is', async () => {
      const { store, breakIt } = await open();
      await breakIt();
      const fault = { code: 'SW4501', message: expect.stringContaining(store.place) };
      await expect(store.put('x', Buffer.from('x'))).rejects.toMatchObject(fault);
      await expect(all(store, 'k=a/')).rejects.toMatchObject(fault);
    });
  });
}
