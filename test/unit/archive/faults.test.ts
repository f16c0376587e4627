import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { findArchived } from '#archive/read/find-execution.ts';
import { queryArchive } from '#archive/read/query.ts';
import { readLines } from '#archive/read/read-lines.ts';
import { verifyArchive } from '#archive/read/verify.ts';
import { whereTest } from '#archive/read/where.ts';
import { unusableArchive } from '#archive/stores/archive-faults.ts';
import { FolderStore } from '#archive/stores/folder-store.ts';
import { openStore } from '#archive/stores/open-store.ts';
import { MemoryStore } from '#support/archive-bench.ts';

/** An archive with so many manifests of one day that no question looks at them all. */
class CrowdedStore extends MemoryStore {
  readonly #parts: number;

  constructor(parts: number) {
    super();
    this.#parts = parts;
  }

  override async *list(prefix: string): AsyncGenerator<string> {
    for (let part = 0; part < this.#parts; part++) yield `${prefix}day=2026-11-26/part-${part}.json`;
  }
}

const NOWHERE = join(tmpdir(), 'stepwright-no-such-archive');
const query = (store: MemoryStore | FolderStore) => Array.fromAsync(queryArchive(store, { kind: 'events' }));

const FAULTS: readonly (readonly [string, () => Promise<unknown>, RegExp, RegExp])[] = [
  [
    'SW4501',
    () => query(new FolderStore(NOWHERE)),
    /^the archive .*stepwright-no-such-archive cannot be used: ENOENT/,
    /folder or bucket is there, and may be read and written; until then nothing is deleted/,
  ],
  [
    'SW4502',
    () => query(new CrowdedStore(1)),
    /^"_manifests\/kind=events\/day=2026-11-26\/part-0\.json" of the archive is no manifest/,
    /stepwright archive verify tells all that is damaged/,
  ],
  [
    'SW4503',
    () => findArchived(new MemoryStore(), 'nobody'),
    /^there is no execution "nobody" in the archive memory$/,
    /"stepwright executions show"/,
  ],
  [
    'SW4504',
    () => query(new CrowdedStore(100_001)),
    /^more than 100000 parts of the archive are of this period$/,
    /^narrow the period with --from and --to$/,
  ],
  [
    'SW4505',
    async () => whereTest('status ='),
    /^--where "status =" is no expression: /,
    /^it is JSONata over one record, such as: /,
  ],
  [
    'SW4506',
    () => openStore('gs://records', {}),
    /^"gs:\/\/records" is no place for an archive$/,
    /^name a folder, or a bucket like s3:\/\/bucket\/prefix$/,
  ],
];

test.each(FAULTS)('%s says what happened, and what to do', async (code, work, message, hint) => {
  await expect(work()).rejects.toMatchObject({
    code,
    message: expect.stringMatching(message),
    hint: expect.stringMatching(hint),
  });
});

test('what is thrown and is no error is told in its own words', () => {
  expect(unusableArchive('s3://records', 'timeout').message).toMatch(/cannot be used: timeout$/);
});

test('a line without an end is damage that is found in time, however small its file is', async () => {
  const store = new MemoryStore();
  store.files.set('part', gzipSync(Buffer.alloc(64_100_000, 'x')));
  await expect(Array.fromAsync(readLines(store, 'part'))).rejects.toMatchObject({
    code: 'SW4502',
    message: '"part" of the archive has a line without an end',
  });
});

test('long lines and short ones are read as they were, wherever the chunks end', async () => {
  const lines = Array.from({ length: 200 }, (_, number) => ({ text: 'ü'.repeat(number * 37) }));
  const store = new MemoryStore();
  store.files.set('part', gzipSync(lines.map((line) => `${JSON.stringify(line)}\n`).join('')));
  expect(await Array.fromAsync(readLines(store, 'part'))).toEqual(lines);
});

test('an archive that cannot be reached any more is not told of as damaged', async () => {
  const store = new MemoryStore();
  store.files.set('_manifests/kind=events/day=2026-11-26/part-0.json', Buffer.from('{}'));
  const unreachable = {
    place: 'memory',
    put: store.put,
    list: store.list.bind(store),
    read: () => {
      throw unusableArchive('memory', new Error('gone'));
    },
  };
  await expect(verifyArchive(unreachable)).rejects.toMatchObject({ code: 'SW4501' });
});
