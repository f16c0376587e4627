import { expect, test } from 'vitest';
import { queryArchive } from '#archive/read/query.ts';
import { KEEP_ALL } from '#archive/retention-times.ts';
import { unusableArchive } from '#archive/stores/archive-faults.ts';
import type { ArchiveStore } from '#archive/stores/archive-store.ts';
import type { JsonObject } from '#core/json.ts';
import { type Command, toCommandItem } from '#devices/command.ts';
import type { Execution } from '#executions/execution.ts';
import { ArchiveBench, command, DAY, execution, NOW } from '#support/archive-bench.ts';
import { alertKeys } from '#table/alert-keys.ts';
import { commandKey, executionKeys, taskKeys, workflowKeys } from '#table/keys.ts';
import { logKeys } from '#table/log-keys.ts';
import { notificationKeys } from '#table/notification-keys.ts';
import type { Item, Table } from '#table/table.ts';

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

function byHand(id: string, daysAgo: number, more: Partial<Command> = {}): Item {
  const { execution: _execution, path: _path, ...rest } = command('x', 1, NOW - daysAgo * DAY);
  return toCommandItem({ ...rest, id, ...more });
}

test('commands by hand go when they have ended, and open ones stay', async () => {
  const bench = new ArchiveBench();
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

function alert(id: string, daysAgo: number | undefined): Item {
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
}

test('alerts go when they have been over for long enough; open ones stay', async () => {
  const bench = new ArchiveBench();
  await bench.table.putAll([alert('old', 100), alert('new', 10), alert('open', undefined)]);
  await bench.round();
  expect(await archived(bench, 'alerts')).toMatchObject([{ id: 'old', state: 'resolved', devices: ['d-1'] }]);
  const left = await Promise.all(['old', 'new', 'open'].map((id) => bench.table.get(alertKeys.meta(id))));
  expect(left.map((item) => item !== undefined)).toEqual([false, true, true]);
});

test('of more than one page, all goes that is over', async () => {
  const bench = new ArchiveBench();
  const numbers = Array.from({ length: 130 }, (_, number) => number);
  await bench.table.putAll([
    ...numbers.map((number) => alert(`a${number}`, 100)),
    ...numbers.map((number) => byHand(`c${number}`, 100)),
  ]);
  await bench.round();
  expect(await archived(bench, 'alerts')).toHaveLength(130);
  expect(await archived(bench, 'commands')).toHaveLength(130);
});

test('of more executions of a day than go together, all go', async () => {
  const bench = new ArchiveBench();
  for (let number = 0; number < 510; number++) await bench.add(execution(`e${number}`, 91));
  expect(await bench.round({ archive: undefined })).toEqual({ gone: 510, isDone: true });
});

/** An archive after whose manifests something else happens. */
function archiveThen({ store }: ArchiveBench, happens: (path: string) => Promise<unknown>): ArchiveStore {
  return {
    ...{ place: 'memory', list: store.list.bind(store), read: store.read.bind(store) },
    put: async (path, bytes) => {
      await store.put(path, bytes);
      if (path.startsWith('_manifests/')) await happens(path);
    },
  };
}

test('an alert or a command that has changed since it was archived stays', async () => {
  const bench = new ArchiveBench();
  await bench.table.putAll([alert('a', 100), byHand('c', 100)]);
  const archive = archiveThen(bench, (path) =>
    path.includes('kind=alerts')
      ? bench.table.update({ key: alertKeys.meta('a'), set: { revision: 4 } })
      : bench.table.update({ key: commandKey('c'), set: { status: 'FAILED' } }),
  );
  expect(await bench.round({ archive })).toEqual({ gone: 0, isDone: true });
  expect(await bench.table.get(alertKeys.meta('a'))).toMatchObject({ revision: 4 });
  expect(await bench.table.get(commandKey('c'))).toMatchObject({ status: 'FAILED' });
  await bench.round();
  expect(await bench.table.get(alertKeys.meta('a'))).toBeUndefined();
  expect(await bench.table.get(commandKey('c'))).toBeUndefined();
});

test.each([
  ['an alert', alert('a', 100)],
  ['a command', byHand('c', 100)],
])('a table that cannot delete %s ends the round', async (_what, item) => {
  const bench = new ArchiveBench();
  await bench.table.put(item);
  const { table } = bench;
  const broken: Table = {
    ...{ get: table.get.bind(table), query: table.query.bind(table), put: table.put.bind(table) },
    ...{ update: table.update.bind(table), transact: table.transact.bind(table) },
    putAll: table.putAll.bind(table),
    delete: () => Promise.reject(new Error('throttled')),
  };
  await expect(bench.round({ table: broken })).rejects.toThrow('throttled');
});

test('an archive that breaks while a large execution is read ends the round, and nothing is deleted', async () => {
  const bench = new ArchiveBench();
  await bench.add(execution('large', 100), 1);
  const details = { text: 'x'.repeat(17_000_000) };
  const event = { id: 1, previousEventId: 0, type: 'ExecutionStarted', timestamp: NOW, details } as const;
  bench.histories.set('large', [event]);
  const put = () => Promise.reject(unusableArchive('full', new Error('no room')));
  const { list, read } = bench.store;
  await expect(bench.round({ archive: { place: 'full', put, list, read } })).rejects.toMatchObject({
    code: 'SW4501',
  });
  expect(bench.defects).toEqual([]);
  expect((await bench.table.query({ partition: executionKeys.partition('large') })).items).toHaveLength(2);
});

test('a decision of the log whose own time is right stays as it is; one that does not tell its time goes', async () => {
  const bench = new ArchiveBench();
  await bench.add(execution('one', 100));
  const at = NOW - 100 * DAY;
  const right = { ...taskKeys.decided('one:a:0'), logged: { at }, expiresAt: at / 1_000 + 400 * 86_400 };
  await bench.table.putAll([right, { ...taskKeys.decided('one:b:0'), logged: true }]);
  await bench.round({ archive: undefined });
  expect(await bench.table.get(taskKeys.decided('one:a:0'))).toEqual(right);
  expect(await bench.table.get(taskKeys.decided('one:b:0'))).toBeUndefined();
});

test('a command goes with how its device was chosen, and histories of iterations with their paths', async () => {
  const bench = new ArchiveBench();
  await bench.add(execution('one', 100));
  const route: NonNullable<Command['route']> = {
    ...{ chosen: 'd-0', strategy: 'least-loaded', ability: 'go', alternative: 0, zone: '', looked: 1 },
    ...{ isWhole: true, fits: 1, left: {}, best: [] },
  };
  await bench.table.put(toCommandItem({ ...command('one', 0, NOW - 100 * DAY), route }));
  const event = { id: 1, previousEventId: 0, timestamp: NOW };
  bench.histories.set('one', [{ ...event, type: 'MapRunStarted', details: { mapRunArn: 'run' } }]);
  const input = JSON.stringify({ path: 'rollout[0]' });
  bench.histories.set('child', [{ ...event, type: 'ExecutionStarted', details: { input } }]);
  const child = {
    ref: { machine: 'rollout-1_0_0/all', name: 'child' },
    status: 'FAILED',
    startedAt: 1,
  } as const;
  const engine = { ...bench.ports().engine, listChildren: async () => [child] };
  await bench.round({ engine });
  expect(await archived(bench, 'commands')).toMatchObject([{ route }]);
  expect(await archived(bench, 'history')).toMatchObject([
    { execution: 'one', type: 'MapRunStarted', workflow: 'rollout' },
    { execution: 'one', child: 'child', path: 'rollout[0]', type: 'ExecutionStarted', workflow: 'rollout' },
  ]);
});

test('one whose version is nonsense stays, and is told of', async () => {
  const bench = new ArchiveBench();
  await bench.add(execution('one', 100));
  await bench.table.put({ ...workflowKeys.version('rollout', '1.0.0'), nonsense: true });
  await bench.round();
  expect([bench.defects.length, await isThere(bench, 'one')]).toEqual([1, true]);
});
