import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { findArchived, recordsOf } from '#archive/read/find-execution.ts';
import { type ArchiveQuery, queryArchive } from '#archive/read/query.ts';
import { verifyArchive } from '#archive/read/verify.ts';
import { whereTest } from '#archive/read/where.ts';
import { ArchiveBatch } from '#archive/write/archive-batch.ts';
import type { JsonObject } from '#core/json.ts';
import { ArchiveBench, DAY, execution, MemoryStore, NOW } from '#support/archive-bench.ts';

/** An archive of ten executions, each in a part of its own, that tells which of its files are read. */
class ReadStore extends MemoryStore {
  readonly reads: string[] = [];

  override read(path: string): AsyncGenerator<Uint8Array> {
    this.reads.push(path);
    return super.read(path);
  }

  /** Parts that were read. */
  get parts(): number {
    return this.reads.filter((path) => path.startsWith('kind=')).length;
  }
}

async function archiveOf(lines: readonly JsonObject[]): Promise<ReadStore> {
  const bench = new ArchiveBench();
  const archive = new ReadStore();
  for (const line of lines) {
    bench.clock.advance(1);
    const batch = new ArchiveBatch({ ...bench.ports(), archive });
    await batch.add('executions', line);
    await batch.commit();
  }
  archive.reads.length = 0;
  return archive;
}

function line(number: number, more: JsonObject = {}): JsonObject {
  const startedAt = new Date(NOW - number * DAY).toISOString();
  return {
    executionId: `e${number}`,
    workflow: `w${number % 3}`,
    status: 'SUCCEEDED',
    startedAt,
    steps: [],
    ...more,
  };
}

const TEN = Array.from({ length: 10 }, (_, number) => line(number));
TEN[4] = line(4, { status: 'FAILED', error: 'Device.Timeout', steps: [{ path: 'a', device: 'pump-1' }] });

const QUERIES: readonly (readonly [string, Omit<ArchiveQuery, 'kind' | 'where'>, string[], number])[] = [
  ['all, the newest day first', {}, ['e0', 'e1', 'e2', 'e3', 'e4', 'e5', 'e6', 'e7', 'e8', 'e9'], 10],
  ['a period', { from: '2026-11-20T12:00:00.000Z', to: '2026-11-23T12:00:00.000Z' }, ['e4', 'e5', 'e6'], 3],
  ['a workflow', { workflow: 'w1' }, ['e1', 'e4', 'e7'], 3],
  ['a status, in any case', { status: 'failed' }, ['e4'], 10],
  ['a device of a step', { device: 'pump-1' }, ['e4'], 10],
  ['an execution', { execution: 'e7' }, ['e7'], 1],
  ['nothing', { from: '2027-01-01T00:00:00.000Z' }, [], 0],
];

test.each(QUERIES)(
  '%s is found, and no more parts are read than may have some',
  async (_what, query, ids, parts) => {
    const store = await archiveOf(TEN);
    const found = await Array.fromAsync(queryArchive(store, { ...query, kind: 'executions' }));
    expect(found.map(({ executionId }) => executionId)).toEqual(ids);
    expect(store.parts).toBe(parts);
  },
);

const NOON = '2026-11-26T12:00:00.000Z';
const KINDS: readonly (readonly [string, ArchiveQuery, readonly JsonObject[], readonly number[]])[] = [
  [
    'within a day, from and to',
    { kind: 'events', from: '2026-11-26T11:00:00.000Z', to: '2026-11-26T13:00:00.000Z' },
    ['10', '12', '13'].map((hour) => ({ id: hour, at: NOON.replace('T12', `T${hour}`) })),
    [1],
  ],
  [
    'an execution, and none whose id begins like it',
    { kind: 'history', execution: 'e1' },
    ['e1', 'e10'].map((execution, id) => ({ execution, id, timestamp: NOON })),
    [0],
  ],
  [
    'devices of an alert, and steps that are none',
    { kind: 'alerts', device: 'p1' },
    [
      { id: 'a', since: NOON, devices: ['p1', 7], steps: [null] },
      { id: 'b', since: NOON, devices: ['p2'] },
    ],
    [0],
  ],
  [
    'an outcome, where there is one',
    { kind: 'decisions', status: 'FAILED' },
    [
      { id: 'a', at: NOON },
      { id: 'b', at: NOON, outcome: 'FAILED' },
      { id: 'c', at: NOON, outcome: { status: 'FAILED' } },
      { id: 'd', at: NOON, outcome: { status: 'SUCCEEDED' } },
    ],
    [2],
  ],
  [
    'no status of what has none',
    { kind: 'records', status: 'FAILED' },
    [{ execution: 'e1', key: 'k', at: NOON, status: 'FAILED' }],
    [],
  ],
];

test.each(KINDS)('of one part, what is asked for is told: %s', async (_what, query, lines, found) => {
  const bench = new ArchiveBench();
  const batch = new ArchiveBatch({ ...bench.ports(), archive: bench.store });
  for (const each of lines) await batch.add(query.kind, each);
  await batch.commit();
  expect(await Array.fromAsync(queryArchive(bench.store, query))).toEqual(found.map((at) => lines[at]));
});

test('a file in the way of manifests is told of by its name', async () => {
  const store = await archiveOf(TEN);
  store.files.set('_manifests/kind=executions/a-note.txt', Buffer.from('mine'));
  const query = { kind: 'executions', to: '2026-12-01T00:00:00.000Z' } as const;
  await expect(Array.fromAsync(queryArchive(store, query))).rejects.toMatchObject({
    code: 'SW4502',
    message: expect.stringContaining('a-note.txt'),
  });
});

test('who wants a few reads no further', async () => {
  const store = await archiveOf(TEN);
  for await (const _record of queryArchive(store, { kind: 'executions' })) break;
  expect(store.parts).toBeLessThanOrEqual(2);
});

test('what an interrupted round has archived twice is found once, as it was last', async () => {
  const store = await archiveOf([line(3, { note: 'first' }), line(3, { note: 'second' }), line(2)]);
  const found = await Array.fromAsync(queryArchive(store, { kind: 'executions' }));
  expect(found.map(({ executionId, note }) => [executionId, note])).toEqual([
    ['e2', undefined],
    ['e3', 'second'],
  ]);
});

test.each([
  ["status = 'FAILED' and $contains(error, 'Timeout')", ['e4']],
  ['$number($substring(executionId, 1)) > 8', ['e9']],
  ['nothing.of.this', []],
  ["'text'", []],
])('--where %s', async (text, ids) => {
  const store = await archiveOf(TEN);
  const query = { kind: 'executions', where: whereTest(text) } as const;
  const found = await Array.fromAsync(queryArchive(store, query));
  expect(found.map(({ executionId }) => executionId)).toEqual(ids);
});

test.each(['status =', '$error("no")', '(function($f) { $f($f) })(function($f) { $f($f) })'])(
  '--where %s is refused, and hangs nothing',
  async (text) => {
    const store = await archiveOf(TEN.slice(0, 1));
    const ask = async () =>
      Array.fromAsync(queryArchive(store, { kind: 'executions', where: whereTest(text) }));
    await expect(ask()).rejects.toMatchObject({ code: 'SW4505' });
  },
);

test('an execution is found by its id, with what belongs to it and to no other', async () => {
  const bench = new ArchiveBench();
  await bench.add(execution('chosen-name', 100), 2);
  await bench.add(execution('chosen-name-2', 100), 1);
  await bench.round();
  const found = await findArchived(bench.store, 'chosen-name');
  expect(found.record).toMatchObject({ executionId: 'chosen-name' });
  const commands = await Array.fromAsync(recordsOf(bench.store, found, 'commands'));
  expect(commands.map(({ id }) => id)).toEqual(['chosen-name:step0:0', 'chosen-name:step1:0']);
  const other = await findArchived(bench.store, 'chosen-name-2');
  expect(other.record).toMatchObject({ executionId: 'chosen-name-2' });
  await expect(findArchived(bench.store, 'chosen-name-3')).rejects.toMatchObject({ code: 'SW4503' });
  await expect(findArchived(bench.store, 'nobody')).rejects.toMatchObject({ code: 'SW4503' });
});

test('what belongs to an execution is told in its order, over however many parts it is, and without those of others', async () => {
  const bench = new ArchiveBench();
  const batch = new ArchiveBatch({ ...bench.ports(), archive: bench.store }, 1_000);
  const events = (execution: string, from: number) =>
    Array.from({ length: 30 }, (_, at) => batch.add('history', eventLine(execution, from + at)));
  await batch.add('commands', { id: 'a:go:0', execution: 'a', queuedAt: NOON });
  // Several executions are read at once.
  await Promise.all([...events('a', 0), ...events('a', 30)]);
  await Promise.all(events('b', 0));
  await batch.add('executions', line(1, { executionId: 'a' }));
  await batch.commit();
  const found = await findArchived(bench.store, 'a');
  expect(found.related.length).toBeGreaterThan(11);
  const ids = (await Array.fromAsync(recordsOf(bench.store, found, 'history'))).map(({ id }) => id);
  expect(ids).toEqual(Array.from({ length: 60 }, (_, at) => at));
});

function eventLine(execution: string, id: number): JsonObject {
  return { execution, id, timestamp: NOON, details: { text: 'x'.repeat(200) } };
}

test('an execution to which nothing else belongs is found all the same', async () => {
  const store = await archiveOf(TEN);
  const found = await findArchived(store, 'e5');
  expect([found.related, await Array.fromAsync(recordsOf(store, found, 'history'))]).toEqual([[], []]);
});

test('of an id that tells when it was made, only parts of those days are looked at', async () => {
  const store = await archiveOf([...TEN, line(5, { executionId: '01M88NB500ZZZZZZZZZZZZZZZZ' })]);
  await expect(findArchived(store, '01M8BRA2G2XT5YANWX36Z05TV1')).rejects.toMatchObject({ code: 'SW4503' });
  expect(store.reads.length).toBeLessThan(5);
});

type Damage = (store: MemoryStore, part: string, manifest: string) => void;
const DAMAGES: readonly (readonly [string, Damage, RegExp])[] = [
  ['bytes that were changed', (store, part) => store.files.set(part, Buffer.from('x')), /checksum/],
  ['a part that is gone', (store, part) => store.files.delete(part), /checksum|not there/],
  [
    'a manifest that is none',
    (store, _part, manifest) => store.files.set(manifest, Buffer.from('{}')),
    /no manifest/,
  ],
  [
    'a manifest in another place',
    (store, _part, manifest) => {
      const bytes = store.files.get(manifest) ?? Buffer.from('');
      store.files.set(manifest.replace('part-', 'part-0'), bytes);
    },
    /another part/,
  ],
];

test.each(DAMAGES)('%s is damage that is found', async (_what, damage, problem) => {
  const store = await archiveOf(TEN.slice(0, 2));
  expect(await verifyArchive(store)).toMatchObject({ parts: 2, lines: 2, damaged: [], leftovers: [] });
  const [part = ''] = [...store.files.keys()].filter((path) => path.startsWith('kind='));
  const [manifest = ''] = [...store.files.keys()].filter((path) => path.startsWith('_manifests/'));
  damage(store, part, manifest);
  const { damaged } = await verifyArchive(store);
  expect(damaged.map((each) => each.problem)).toEqual([expect.stringMatching(problem)]);
});

/** A part whose checksum is right, with another text in it. */
async function withText(bytes: Uint8Array): Promise<MemoryStore> {
  const { createHash } = await import('node:crypto');
  const store = await archiveOf(TEN.slice(0, 1));
  const [path = ''] = [...store.files.keys()].filter((each) => each.startsWith('_manifests/'));
  const manifest = JSON.parse(Buffer.from(store.files.get(path) ?? []).toString());
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  store.files.set(path, Buffer.from(JSON.stringify({ ...manifest, sha256 })));
  store.files.set(manifest.path, bytes);
  return store;
}

test.each([
  ['no gzip', Buffer.from('plain'), /cannot be unpacked/],
  ['no JSON', gzipSync('{"executionId"\n'), /no record in line 1/],
  ['no object', gzipSync('[1]\n'), /no record in line 1/],
  ['half a line', gzipSync('{"executionId":"e0"}'), /breaks off/],
  ['another id', gzipSync('{"executionId":"zz"}\n'), /does not know/],
  ['a line too many', gzipSync('{"executionId":"e0"}\n{"executionId":"e0"}\n'), /has 2 records/],
])('a part with %s in it is damage', async (_what, bytes, problem) => {
  const { damaged } = await verifyArchive(await withText(bytes));
  expect(damaged.map((each) => each.problem)).toEqual([expect.stringMatching(problem)]);
});

test('a part without a manifest is told of, and is no damage', async () => {
  const store = await archiveOf(TEN.slice(0, 2));
  const left = 'kind=executions/day=2026-11-25/part-00-left.jsonl.gz';
  store.files.set(left, gzipSync('{}\n'));
  store.files.set('kind=history/day=2026-11-25/part-1.jsonl.gz', gzipSync('{}\n'));
  expect(await verifyArchive(store)).toMatchObject({
    damaged: [],
    leftovers: [left, 'kind=history/day=2026-11-25/part-1.jsonl.gz'],
  });
});

test('a batch holds no more text than it may: the longest part is written first, and executions last', async () => {
  const bench = new ArchiveBench();
  const written: string[] = [];
  const put = async (path: string, bytes: Uint8Array) => {
    written.push(path);
    await bench.store.put(path, bytes);
  };
  const { list, read } = bench.store;
  const batch = new ArchiveBatch({ ...bench.ports(), archive: { place: 'x', put, list, read } }, 2_000);
  await batch.add('executions', line(1, { input: 'x'.repeat(3_000) }));
  expect(written).toEqual([]);
  for (let id = 0; id < 40; id++)
    await batch.add('history', {
      execution: 'e1',
      id,
      timestamp: new Date(NOW).toISOString(),
      details: { text: 'x'.repeat(200) },
    });
  expect(written.length).toBeGreaterThan(10);
  const manifests = await batch.commit();
  expect(manifests.at(-1)).toMatchObject({ kind: 'executions', lines: 1 });
  expect(manifests.at(-1)?.related).toHaveLength(manifests.length - 1);
  expect(manifests.reduce((sum, { lines }) => sum + lines, 0)).toBe(41);
});

test('a manifest names workflows only while they are few', async () => {
  const bench = new ArchiveBench();
  const batch = new ArchiveBatch({ ...bench.ports(), archive: bench.store });
  for (let n = 0; n < 60; n++)
    await batch.add('executions', line(0, { executionId: `e${n}`, workflow: `w${n}` }));
  const [manifest] = await batch.commit();
  expect(manifest?.workflows).toBeUndefined();
  const query = { kind: 'executions', workflow: 'w59' } as const;
  expect(await Array.fromAsync(queryArchive(bench.store, query))).toHaveLength(1);
});
