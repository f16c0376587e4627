import { expect, test } from 'vitest';
import { queryArchive } from '#archive/read/query.ts';
import { KEEP_ALL } from '#archive/retention-times.ts';
import type { JsonObject } from '#core/json.ts';
import { toCommandItem } from '#devices/command.ts';
import type { Execution } from '#executions/execution.ts';
import { ArchiveBench, command, DAY, execution, NOW } from '#support/archive-bench.ts';
import { alertKeys } from '#table/alert-keys.ts';
import { commandKey, executionKeys, taskKeys } from '#table/keys.ts';
import { logKeys } from '#table/log-keys.ts';
import { notificationKeys } from '#table/notification-keys.ts';
import type { Item } from '#table/table.ts';

function archived(
  bench: ArchiveBench,
  kind: Parameters<typeof queryArchive>[1]['kind'],
): Promise<JsonObject[]> {
  return Array.fromAsync(queryArchive(bench.store, { kind }));
}

async function isThere({ table }: ArchiveBench, id: string): Promise<boolean> {
  return (await table.get(executionKeys.meta(id))) !== undefined;
}

const NEEDED: readonly (readonly [string, Execution])[] = [
  ['runs', execution('x', 200, { status: 'RUNNING', endedAt: undefined })],
  ['is being rolled back', execution('x', 200, { status: 'ROLLING_BACK', endedAt: undefined })],
  ['is not undone completely', execution('x', 200, { status: 'ROLLBACK_INCOMPLETE' })],
  ['ended lately, though it began long ago', execution('x', 200, { endedAt: NOW - DAY })],
  [
    'was called by one that is there, and may have it undone',
    execution('x', 200, { parent: { execution: 'caller', path: 'sub', taskToken: 't' } }),
  ],
];

test.each(NEEDED)('an execution that %s stays, and so do its commands', async (_why, one) => {
  const bench = new ArchiveBench();
  await bench.add(execution('caller', 300, { status: 'RUNNING', endedAt: undefined }));
  await bench.add(one, 2);
  await bench.round();
  expect(await isThere(bench, 'x')).toBe(true);
  expect(await bench.table.get(commandKey('x:step1:0'))).toBeDefined();
  expect(bench.store.files.size).toBe(0);
});

test('what has failed stays for as long as it can be redriven, however short executions are kept', async () => {
  const bench = new ArchiveBench();
  const times = { ...KEEP_ALL, executions: DAY };
  for (const status of ['FAILED', 'STOPPED', 'TIMED_OUT', 'SUCCEEDED', 'ROLLED_BACK'] as const) {
    await bench.add(execution(`${status}-13`, 13, { status }));
    await bench.add(execution(`${status}-15`, 15, { status }));
  }
  await bench.round({}, { times });
  const gone = (await archived(bench, 'executions')).map(({ executionId }) => executionId);
  expect(gone.toSorted()).toEqual([
    ...['FAILED-15', 'ROLLED_BACK-13', 'ROLLED_BACK-15', 'STOPPED-15'],
    ...['SUCCEEDED-13', 'SUCCEEDED-15', 'TIMED_OUT-15'],
  ]);
});

test('an execution goes with its history, its commands and all else, and no token of a task goes with it', async () => {
  const bench = new ArchiveBench();
  await bench.add(execution('one', 100, { startedBy: 'ada' }), 2);
  const wait = {
    pk: executionKeys.partition('one'),
    sk: 'APPROVAL#ask:0',
    taskToken: 'secret',
    votes: [{ by: 'ada', token: 'secret' }],
  };
  await bench.table.put({ ...wait, earlierTokens: ['secret'], expiresAt: 1 });
  await bench.round();
  expect(await archived(bench, 'executions')).toMatchObject([
    {
      executionId: 'one',
      status: 'SUCCEEDED',
      input: { site: 'berlin' },
      output: 1,
      startedBy: 'ada',
      actions: [],
    },
  ]);
  expect((await archived(bench, 'history')).map(({ type, execution: of }) => [of, type])).toEqual([
    ['one', 'ExecutionStarted'],
    ['one', 'ExecutionSucceeded'],
  ]);
  expect((await archived(bench, 'commands')).map(({ id, workflow }) => [id, workflow])).toEqual([
    ['one:step0:0', 'rollout'],
    ['one:step1:0', 'rollout'],
  ]);
  expect(await archived(bench, 'records')).toEqual([
    {
      ...{ execution: 'one', workflow: 'rollout', at: '2026-08-18T12:00:00.000Z', key: 'APPROVAL#ask:0' },
      record: { votes: [{ by: 'ada' }] },
    },
  ]);
  const all = await Promise.all(
    (['executions', 'history', 'commands', 'records'] as const).map((kind) => archived(bench, kind)),
  );
  expect(JSON.stringify(all)).not.toContain('secret');
  expect((await bench.table.query({ partition: executionKeys.partition('one') })).items).toEqual([]);
});

test('one that somebody rolls back after it was archived is not deleted', async () => {
  const bench = new ArchiveBench();
  await bench.add(execution('one', 100, { status: 'FAILED' }), 60);
  const { store, table } = bench;
  const key = executionKeys.meta('one');
  const archive = {
    ...{ place: 'memory', list: store.list.bind(store), read: store.read.bind(store) },
    put: async (path: string, bytes: Uint8Array) => {
      await store.put(path, bytes);
      if (path.startsWith('_manifests/kind=executions'))
        await table.update({ key, set: { status: 'ROLLING_BACK' }, remove: ['endedAt'] });
    },
  };
  expect(await bench.round({ archive })).toMatchObject({ gone: 0 });
  expect((await table.query({ partition: executionKeys.partition('one') })).items).toHaveLength(61);
});

test('decisions of the log stay for their own time, and are in the archive when their execution is', async () => {
  const decided = (id: string, at: number): Item => ({
    ...taskKeys.decided(`${id}:pick:0`),
    ...logKeys.index({ kind: 'decision', name: 'policy' }, { at, execution: id, id: `${id}:pick:0` }),
    because: { decision: 'policy', version: '1.0.0', rules: [{ rule: 2 }] },
    logged: {
      at,
      decision: 'policy',
      version: '1.0.0',
      asked: '1.0.0',
      features: { n: 1 },
      chosen: 'slow',
      latencyMs: 1,
    },
    expiresAt: Math.floor(at / 1_000) + 400 * 86_400,
  });
  const bench = new ArchiveBench();
  await bench.add(execution('one', 100));
  await bench.add(execution('two', 200));
  await bench.table.putAll([decided('one', NOW - 100 * DAY), decided('two', NOW - 200 * DAY)]);
  await bench.table.put({
    ...taskKeys.decided('one:other:0'),
    because: { decision: 'policy', version: '1.0.0' },
  });
  await bench.round({}, { times: { ...bench.options().times, decisions: 150 * DAY } });
  expect(await archived(bench, 'decisions')).toMatchObject([
    { id: 'one:pick:0', decision: 'policy', rules: [2], chosen: 'slow', features: { n: 1 } },
    { id: 'two:pick:0' },
  ]);
  expect(await bench.table.get(taskKeys.decided('one:pick:0'))).toMatchObject({
    expiresAt: Math.ceil((NOW + 50 * DAY) / 1_000),
  });
  expect(await bench.table.get(taskKeys.decided('two:pick:0'))).toBeUndefined();
  expect(await bench.table.get(taskKeys.decided('one:other:0'))).toBeUndefined();
});

test('one that cannot be read stays and is told of, and the others go', async () => {
  const bench = new ArchiveBench();
  await bench.add(execution('bad', 100));
  await bench.add(execution('good', 100));
  await bench.table.put({ ...commandKey('bad:x:0'), nonsense: true });
  await bench.round({}, { atOnce: 2 });
  expect(bench.defects).toHaveLength(1);
  expect([await isThere(bench, 'bad'), await isThere(bench, 'good')]).toEqual([true, false]);
});

test('an archive that cannot be written ends the round, and nothing is deleted', async () => {
  const bench = new ArchiveBench();
  await bench.add(execution('one', 100), 1);
  const put = () => Promise.reject(new Error('full'));
  const { list, read } = bench.store;
  await expect(bench.round({ archive: { place: 'full', put, list, read } })).rejects.toThrow('full');
  expect((await bench.table.query({ partition: executionKeys.partition('one') })).items).toHaveLength(2);
});

test('without an archive what is over is deleted, and for ever means that nothing is', async () => {
  const bench = new ArchiveBench();
  await bench.add(execution('one', 100), 60);
  await bench.round({ archive: undefined }, { times: KEEP_ALL });
  expect(await isThere(bench, 'one')).toBe(true);
  await bench.round({ archive: undefined });
  expect((await bench.table.query({ partition: executionKeys.partition('one') })).items).toEqual([]);
});

test('a round whose time is over leaves the rest for the next, which begins where it was', async () => {
  const bench = new ArchiveBench();
  for (const day of [95, 100, 105]) for (const n of [1, 2]) await bench.add(execution(`e${day}-${n}`, day));
  let rests = 0;
  const pace = { isOver: () => rests >= 3, rest: async () => void rests++ };
  // Two looks at kinds that come before, then one execution.
  const first = await bench.round({}, { pace });
  expect(first).toMatchObject({ isDone: false });
  const some = (await archived(bench, 'executions')).length;
  expect(some).toBeLessThan(6);
  expect(await bench.round()).toMatchObject({ isDone: true });
  expect(await archived(bench, 'executions')).toHaveLength(6);
});

test('commands by hand go when they have ended, and open ones stay', async () => {
  const bench = new ArchiveBench();
  const byHand = (id: string, daysAgo: number, more = {}): Item => {
    const { execution: _execution, path: _path, ...rest } = command('x', 1, NOW - daysAgo * DAY);
    return toCommandItem({ ...rest, id, ...more });
  };
  await bench.table.putAll([
    byHand('old', 100),
    byHand('new', 10),
    byHand('open', 100, { status: 'QUEUED', endedAt: undefined, sentAt: undefined }),
  ]);
  await bench.round();
  expect((await archived(bench, 'commands')).map(({ id }) => id)).toEqual(['old']);
  const left = await Promise.all(['old', 'new', 'open'].map((id) => bench.table.get(commandKey(id))));
  expect(left.map((item) => item !== undefined)).toEqual([false, true, true]);
});

test('notifications go with their deliveries, but for one that is still to be delivered', async () => {
  const bench = new ArchiveBench();
  const notification = (id: string, daysAgo: number, pending: number): Item => {
    const sentAt = NOW - daysAgo * DAY;
    const day = new Date(sentAt).toISOString().slice(0, 10);
    return {
      ...notificationKeys.meta(id),
      ...notificationKeys.byDay(day, sentAt, id),
      id,
      topic: 'ops',
      message: 'm',
      sentAt,
      pending,
    };
  };
  await bench.table.putAll([
    notification('old', 40, 0),
    notification('waits', 40, 1),
    notification('new', 2, 0),
  ]);
  await bench.table.put({
    ...notificationKeys.delivery('old', 'ops'),
    ...{
      id: 'd1',
      notification: 'old',
      sentAt: 1,
      name: 'ops',
      receiver: { webhook: { url: 'https://x.test/secret-path' } },
    },
    ...{ fallbacks: [], status: 'DELIVERED', tries: 1, dueAt: 1, until: 2, endedAt: 2, revision: 1 },
  });
  await bench.round();
  const lines = await archived(bench, 'notifications');
  expect(lines).toMatchObject([
    { id: 'old', topic: 'ops', deliveries: [{ receiver: 'ops', status: 'DELIVERED' }] },
  ]);
  expect(JSON.stringify(lines)).not.toContain('secret-path');
  expect((await bench.table.query({ partition: notificationKeys.partition('old') })).items).toEqual([]);
  expect(await bench.table.get(notificationKeys.meta('waits'))).toBeDefined();
  expect(await bench.table.get(notificationKeys.meta('new'))).toBeDefined();
});

test('alerts go when they have been over for long enough; open ones stay', async () => {
  const bench = new ArchiveBench();
  const alert = (id: string, daysAgo: number | undefined): Item => {
    const at = NOW - (daysAgo ?? 300) * DAY;
    const index = daysAgo === undefined ? alertKeys.byFound(at, id) : alertKeys.byResolved(at, id);
    return {
      ...{
        ...alertKeys.meta(id),
        ...index,
        id,
        group: 'fleet',
        alert: 'silent',
        title: 'Silent',
        severity: 'warning',
      },
      ...{
        by: {},
        status: daysAgo === undefined ? 'FIRING' : 'RESOLVED',
        since: at,
        foundAt: at,
        devices: ['d-1'],
      },
      ...{ deviceCount: 1, executions: [], pagings: [], notes: [], revision: 3 },
      ...(daysAgo === undefined ? {} : { resolvedAt: at }),
    };
  };
  await bench.table.putAll([alert('old', 100), alert('new', 10), alert('open', undefined)]);
  await bench.round();
  expect(await archived(bench, 'alerts')).toMatchObject([{ id: 'old', state: 'resolved', devices: ['d-1'] }]);
  const left = await Promise.all(['old', 'new', 'open'].map((id) => bench.table.get(alertKeys.meta(id))));
  expect(left.map((item) => item !== undefined)).toEqual([false, true, true]);
});
