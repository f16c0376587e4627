import { afterEach, beforeEach, expect, test } from 'vitest';
import { queryArchive } from '#archive/read/query.ts';
import { DEFAULT_TIMES } from '#archive/retention-times.ts';
import { archiveFeed } from '#archive/retire/archive-feed.ts';
import { archiveLog } from '#archive/retire/archive-log.ts';
import { AT_FULL_SPEED } from '#archive/retire/ports.ts';
import { createArchive } from '#functions/archive/archive.ts';
import type { MonitoringEvent } from '#monitoring/events/event.ts';
import { EventLog } from '#monitoring/feed/event-log.ts';
import { TableFeed } from '#monitoring/feed/table-feed.ts';
import { Database } from '#storage/database.ts';
import { ArchiveBench, DAY, execution, NOW } from '#support/archive-bench.ts';

const HOUR = 3_600_000;

function event(number: number, at: number): MonitoringEvent {
  return {
    v: 1,
    id: `e/${number}`,
    at: new Date(at).toISOString(),
    kind: 'device.online',
    device: 'd',
    data: {},
  };
}

async function archivedIds(bench: ArchiveBench): Promise<unknown[]> {
  const lines = await Array.fromAsync(queryArchive(bench.store, { kind: 'events' }));
  return lines.map(({ id }) => id);
}

let database: Database;
beforeEach(() => {
  database = new Database(':memory:');
});
afterEach(() => database.close());

async function logOf(events: readonly MonitoringEvent[]): Promise<EventLog> {
  const log = new EventLog(database);
  await database.commit(() => {
    for (const each of events) log.append([each]);
  });
  log.commit(events.length);
  return log;
}

test('events of the log are archived together when they are an hour old, once each, and noted', async () => {
  const bench = new ArchiveBench();
  const log = await logOf([event(1, NOW - 2 * HOUR), event(2, NOW - HOUR / 2)]);
  const archive = () =>
    archiveLog({ ...bench.ports(), log, database }, { afterMs: HOUR, pace: AT_FULL_SPEED });
  expect(await archive()).toBe(2);
  expect(await archivedIds(bench)).toEqual(['e/1', 'e/2']);
  const files = bench.store.files.size;
  expect(await archive()).toBe(2);
  expect(bench.store.files.size).toBe(files);
});

test('young events wait, many do not, and of a log that dropped some the rest is archived', async () => {
  const bench = new ArchiveBench();
  const log = await logOf(Array.from({ length: 10_005 }, (_, number) => event(number, NOW)));
  await log.drop({ keep: 10_003, before: 0, rows: 100 });
  const at = await archiveLog({ ...bench.ports(), log, database }, { afterMs: HOUR, pace: AT_FULL_SPEED });
  expect(at).toBe(10_002);
  const ids = await archivedIds(bench);
  expect([ids.length, ids[0]]).toEqual([10_000, 'e/2']);
  await log.drop({ keep: 0, before: NOW + DAY, through: at, rows: 20_000 });
  expect(log.first).toBe(10_003);
});

test('without an archive the log may drop all', async () => {
  const bench = new ArchiveBench();
  const log = await logOf([event(1, NOW)]);
  const ports = { ...bench.ports({ archive: undefined }), log, database };
  expect(await archiveLog(ports, { afterMs: HOUR, pace: AT_FULL_SPEED })).toBe(1);
});

test('on AWS each hour of the feed is archived once it is over, and what is over its time after it', async () => {
  const bench = new ArchiveBench();
  const { table, clock, random } = bench;
  const times = DEFAULT_TIMES;
  const archive = createArchive({
    ...bench.ports(),
    times,
    onDefect: (error) => expect.unreachable(String(error)),
  });
  const feed = new TableFeed({ table, clock, random });
  await feed.write([event(1, NOW)]);
  await bench.add(execution('old', 86), 1);
  await bench.add(execution('new', 84));
  expect(await archive()).toEqual({ gone: 1, isDone: true });
  expect(await archivedIds(bench)).toEqual([]);
  await clock.advance(2 * HOUR);
  await feed.write([event(2, NOW + 2 * HOUR)]);
  expect(await archive()).toEqual({ gone: 1, isDone: true });
  expect(await archivedIds(bench)).toEqual(['e/1']);
  expect(await archive()).toEqual({ gone: 0, isDone: true });
});

test('a call whose time is over leaves the feed for the next', async () => {
  const bench = new ArchiveBench();
  const pace = { isOver: () => true, rest: async () => {} };
  expect(await archiveFeed(bench.ports(), { afterMs: HOUR, pace })).toEqual({ gone: 0, isDone: false });
});

test('a call on AWS ends in time, and the next goes on', async () => {
  const bench = new ArchiveBench();
  const slow = {
    ...bench.ports().engine,
    history: async () => {
      await bench.clock.advance(5 * 60_000);
      return [];
    },
  };
  for (const number of [1, 2, 3, 4, 5]) await bench.add(execution(`e${number}`, 100));
  const call = createArchive({ ...bench.ports({ engine: slow }), times: DEFAULT_TIMES, onDefect: () => {} });
  const first = await call();
  expect(first.isDone).toBe(false);
  for (let calls = 0; calls < 5; calls++) if ((await call()).isDone) break;
  expect(await Array.fromAsync(queryArchive(bench.store, { kind: 'executions' }))).toHaveLength(5);
});

test('without an archive on AWS, events are left to expire', async () => {
  const bench = new ArchiveBench();
  const call = createArchive({
    ...bench.ports({ archive: undefined }),
    times: DEFAULT_TIMES,
    onDefect: () => {},
  });
  expect(await call()).toEqual({ gone: 0, isDone: true });
});
