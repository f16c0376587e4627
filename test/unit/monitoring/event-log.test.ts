import fc from 'fast-check';
import { expect, test } from 'vitest';
import { VirtualClock } from '#core/virtual-clock.ts';
import { createMonitoring, type Monitoring } from '#embedded/monitoring.ts';
import { type MonitoringEvent, makeEvent } from '#monitoring/events/event.ts';
import { eventsOf } from '#monitoring/events/events-of.ts';
import { cursorOf, EventLog } from '#monitoring/feed/event-log.ts';
import { EVENT_LOG_SCHEMA } from '#monitoring/feed/event-log-schema.ts';
import { ExecutionStarts } from '#monitoring/feed/execution-starts.ts';
import { Database } from '#storage/database.ts';
import { migrate } from '#storage/schema.ts';
import { SqliteTable } from '#table/sqlite.ts';
import type { Item } from '#table/table.ts';

const ALL = { filter: {}, limit: 1_000 } as const;

function limited(pool: string, revision: number): MonitoringEvent {
  const data = { pool, limit: revision };
  return makeEvent({ kind: 'pool.limited', key: [pool, revision], at: revision * 1_000, subject: {}, data });
}

function pool(limit: number): Item {
  return { pk: 'POOL#p', sk: 'META', name: 'p', limit, used: 0, tickets: 0, revision: limit };
}

async function filledLog(database: Database, events: number): Promise<EventLog> {
  const log = new EventLog(database);
  await database.commit(() => {
    for (let at = 1; at <= events; at++) log.append([limited(at % 2 === 0 ? 'even' : 'odd', at)]);
  });
  log.commit(events);
  return log;
}

test('a page goes on where the one before ended, and the first is of the newest events', async () => {
  using database = closing(new Database(':memory:'));
  const log = await filledLog(database, 10);
  const newest = await log.read({ filter: {}, limit: 3 });
  expect(newest).toMatchObject({ cursor: cursorOf(10), more: false, gap: false });
  expect(newest.entries.map(({ cursor }) => Number(cursor))).toEqual([8, 9, 10]);
  const seen: number[] = [];
  let [after, more] = [cursorOf(0), true];
  while (more) {
    const page = await log.read({ after, filter: {}, limit: 4 });
    seen.push(...page.entries.map(({ cursor }) => Number(cursor)));
    ({ cursor: after, more } = page);
  }
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

test('events that were written together are read a few at a time, and go by whole rows', async () => {
  using database = closing(new Database(':memory:'));
  const log = new EventLog(database);
  await database.commit(() => log.append(Array.from({ length: 130 }, (_, at) => limited('p', at + 1))));
  log.commit(130);
  const seen: unknown[] = [];
  for (let pages = 0, position = 0; pages < 19; pages++) {
    const page = log.entriesAfter(position, { filter: {}, limit: 7 });
    seen.push(...page.entries.map(({ cursor, event }) => [Number(cursor), event.data['limit']]));
    position = page.position;
  }
  expect(seen).toEqual(Array.from({ length: 130 }, (_, at) => [at + 1, at + 1]));
  const newest = await log.read({ filter: {}, limit: 3 });
  expect(newest.entries.map(({ cursor }) => Number(cursor))).toEqual([128, 129, 130]);
  expect(await log.drop({ keep: 60, before: 0, rows: 10 })).toBe(1);
  expect([log.first, new EventLog(database).last]).toEqual([51, 130]);
});

test('events are found by their kind, though few fit', async () => {
  using database = closing(new Database(':memory:'));
  const log = await filledLog(database, 3);
  const [first, ...rest] = (await log.read({ ...ALL, filter: { kinds: ['pool.*'] } })).entries;
  expect([first?.event.id, rest.length]).toEqual(['pool.limited/odd/1', 2]);
  expect((await log.read({ ...ALL, filter: { kinds: ['command.sent'] } })).entries).toEqual([]);
  expect((await log.read({ ...ALL, filter: { devices: ['d1'] } })).entries).toEqual([]);
});

test('the events of one execution are found from its start on, also when that is not kept any more', async () => {
  using database = closing(new Database(':memory:'));
  const log = new EventLog(database);
  const of = (id: string, at: number): MonitoringEvent =>
    makeEvent({ kind: 'execution.paused', key: [id, at], at, subject: { execution: id }, data: {} });
  const started = makeEvent({
    ...{ kind: 'execution.started', key: ['x'], at: 3, subject: { execution: 'x' }, data: {} },
  });
  const events = [of('y', 1), of('y', 2), started, of('y', 4), of('x', 5), of('y', 6)];
  await database.commit(() => {
    for (const event of events) log.append([event]);
  });
  log.commit(events.length);
  const positions = async (): Promise<number[]> =>
    (await log.read({ ...ALL, filter: { executions: ['x'] } })).entries.map(({ cursor }) => Number(cursor));
  expect(await positions()).toEqual([3, 5]);
  await log.drop({ keep: 2, before: 0, rows: 10 });
  expect(await positions()).toEqual([5]);
});

test('where executions begin is known however many there are, also to the next process', async () => {
  using database = closing(new Database(':memory:'));
  const begin = (id: string, at: number): MonitoringEvent =>
    makeEvent({ kind: 'execution.started', key: [id], at, subject: { execution: id }, data: {} });
  const log = new EventLog(database);
  await database.commit(() => {
    for (let at = 1; at <= 450; at++) log.append([begin(`e${at}`, at)]);
    log.append([begin('e1', 451)]);
  });
  log.commit(451);
  for (const asked of [log, new EventLog(database)]) {
    for (const [id, positions] of [
      ['e1', [1, 451]],
      ['e200', [200]],
      ['e201', [201]],
      ['e450', [450]],
      ['nobody', []],
    ] as const) {
      const { entries } = await asked.read({ ...ALL, filter: { executions: [id] } });
      expect(entries.map(({ cursor }) => Number(cursor))).toEqual(positions);
    }
  }
  const rows = (): unknown[] => database.sqlite.prepare('SELECT first, last FROM event_starts').all();
  expect(rows()).toEqual([
    { first: 1, last: 200 },
    { first: 201, last: 400 },
  ]);
  await log.drop({ keep: 100, before: 0, rows: 1_000 });
  expect(rows()).toEqual([{ first: 201, last: 400 }]);
  const { entries } = await log.read({ ...ALL, filter: { executions: ['e201'] } });
  expect(entries).toEqual([]);
});

test('a log of before has its starts brought together', async () => {
  using database = closing(new Database(':memory:'));
  migrate(database.sqlite, { component: 'events', steps: EVENT_LOG_SCHEMA.steps.slice(0, 4) });
  const insert = database.sqlite.prepare('INSERT INTO event_starts VALUES (?, ?)');
  for (let at = 1; at <= 450; at++) insert.run(`e${at}`, at * 2);
  new EventLog(database);
  expect(database.sqlite.prepare('SELECT first, last, least, greatest FROM event_starts').all()).toEqual([
    { first: 2, last: 400, least: 'e1', greatest: 'e99' },
    { first: 402, last: 800, least: 'e201', greatest: 'e400' },
    { first: 802, last: 900, least: 'e401', greatest: 'e450' },
  ]);
  const starts = new ExecutionStarts(database.sqlite);
  const found = ['e1', 'e200', 'e201', 'e450', 'e'].map((execution) => starts.find(execution));
  expect(found).toEqual([2, 400, 402, 900, undefined]);
});

test('a log that was written before starts were written together keeps them', async () => {
  using database = closing(new Database(':memory:'));
  const [first = ''] = EVENT_LOG_SCHEMA.steps;
  migrate(database.sqlite, { component: 'events', steps: [first] });
  database.sqlite.exec(`
    INSERT INTO event_log VALUES (7, 7, 'execution.started', 'old', '{"v":1,"id":"x","kind":"execution.started","at":"","execution":"old","data":{}}');
    INSERT INTO event_starts VALUES ('old', 7);
  `);
  const log = new EventLog(database);
  const { entries } = await log.read({ ...ALL, filter: { executions: ['old'] } });
  expect(entries.map(({ cursor }) => Number(cursor))).toEqual([7]);
  expect(log.readerPosition('starts')).toBe(7);
});

test('an index of starts is written with what lies far behind, though few executions begin', async () => {
  using database = closing(new Database(':memory:'));
  const log = new EventLog(database);
  const subject = { execution: 'x' };
  await database.commit(() => {
    log.append([makeEvent({ kind: 'execution.started', key: ['x'], at: 1, subject, data: {} })]);
    log.append(Array.from({ length: 9_999 }, (_, at) => limited('p', at + 2)));
  });
  expect(log.readerPosition('starts')).toBe(10_000);
});

test('what is over its time or beyond the count is dropped, but never the last; who asks for it is told of a gap', async () => {
  using database = closing(new Database(':memory:'));
  const log = await filledLog(database, 10);
  expect(await log.drop({ keep: 6, before: 0, rows: 3 })).toBe(3);
  expect(await log.drop({ keep: 6, before: 0, rows: 3 })).toBe(1);
  expect(await log.drop({ keep: 6, before: 0, rows: 3 })).toBe(0);
  const page = await log.read({ after: cursorOf(2), ...ALL });
  expect([page.gap, page.entries.length]).toEqual([true, 6]);
  expect(await log.read({ after: cursorOf(4), ...ALL })).toMatchObject({ gap: false });
  // A cursor of a log that was longer, as before a backup was put back.
  expect(await log.read({ after: cursorOf(11), ...ALL })).toMatchObject({ gap: true });
  expect(await log.drop({ keep: 6, before: 1e9, rows: 100 })).toBe(5);
  expect(new EventLog(database).last).toBe(10);
});

test.each(['', 'x', '-1', '1e3', '9'.repeat(16), "1' OR 1"])('%j is no cursor', async (after) => {
  using database = closing(new Database(':memory:'));
  await expect((await filledLog(database, 1)).read({ after, ...ALL })).rejects.toMatchObject({
    code: 'SW4003',
  });
});

test('a change and its events are there together, or neither, whenever the process dies', async () => {
  const shared = 'file:events-crash?mode=memory&cache=shared';
  using kept = closing(new Database(shared));
  const before = recordingTable(new Database(shared));
  await before.table.put(pool(1));
  void before.table.put(pool(2));
  before.database.abandon();
  before.database.close();
  const after = recordingTable(kept);
  expect(await after.table.get(pool(0))).toMatchObject({ limit: 1 });
  expect((await after.monitoring.log.read(ALL)).entries.map(({ event }) => event.data['limit'])).toEqual([1]);
  await after.table.put(pool(3));
  expect((await after.monitoring.log.read(ALL)).entries.map(({ cursor }) => Number(cursor))).toEqual([1, 2]);
});

test('any changes of a table give the events that each change alone gives, in order, told once', async () => {
  const write = fc.record({
    device: fc.integer({ min: 1, max: 3 }),
    status: fc.constantFrom('online', 'offline'),
    gone: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(write, { maxLength: 30 }), async (writes) => {
      const { table, monitoring, database } = recordingTable(new Database(':memory:'));
      const expected: string[] = [];
      const model = new Map<number, Item>();
      const told: string[] = [];
      monitoring.tail.listen((events) => told.push(...events.map(({ event }) => event.id)));
      let revision = 0;
      const done = writes.map(({ device, status, gone }) => {
        const key = { pk: `DEVICE#${device}`, sk: 'META' };
        const item = { ...key, id: String(device), status, registeredAt: 1, revision: ++revision };
        const after = gone ? undefined : item;
        expected.push(...eventsOf({ key, before: model.get(device), after, at: 0 }).map(({ id }) => id));
        if (gone) model.delete(device);
        else model.set(device, item);
        return gone ? table.delete(key) : table.put(item);
      });
      await Promise.all(done);
      const { entries } = await monitoring.log.read({ after: '0', ...ALL });
      expect(entries.map(({ event }) => event.id)).toEqual(expected);
      expect(told).toEqual(expected);
      database.close();
    }),
    { numRuns: 50 },
  );
});

test('who is told as events are written, and fails, holds nothing up', async () => {
  const defects: unknown[] = [];
  const { table, monitoring, database } = recordingTable(new Database(':memory:'), defects);
  const seen: number[] = [];
  monitoring.writing.listen((events) => {
    seen.push(...events.map(({ position }) => position));
    throw new Error('no');
  });
  await table.put(pool(1));
  await new Promise((resolve) => setImmediate(resolve));
  expect([seen, defects]).toEqual([[1], [new Error('no')]]);
  expect((await monitoring.log.read(ALL)).entries).toHaveLength(1);
  database.close();
});

test('a record that cannot be told of holds nothing up', async () => {
  const defects: unknown[] = [];
  const { table, monitoring, database } = recordingTable(new Database(':memory:'), defects);
  await table.put({ pk: 'POOL#p', sk: 'META', limit: 'many' });
  await table.put(pool(1));
  await table.put({ pk: 'EXECUTION#x', sk: 'COMMAND#c', id: 'c', status: 'ASLEEP' });
  expect(await table.get(pool(0))).toMatchObject({ limit: 1 });
  await new Promise((resolve) => setImmediate(resolve));
  expect(defects.map(String)).toEqual([
    expect.stringContaining('what the record POOL#p META tells cannot be read'),
    expect.stringContaining('what the record POOL#p META tells cannot be read'),
    expect.stringMatching(/EXECUTION#x COMMAND#c tells .*: "command" is not what it has to be/),
  ]);
  expect((await monitoring.log.read(ALL)).entries).toEqual([]);
  database.close();
});

function recordingTable(
  database: Database,
  defects: unknown[] = [],
): { readonly table: SqliteTable; readonly monitoring: Monitoring; readonly database: Database } {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1));
  const monitoring = createMonitoring({ database, clock, onDefect: (error) => defects.push(error) });
  return { table: new SqliteTable(database, monitoring.changes), monitoring, database };
}

function closing(database: Database): Database & Disposable {
  return Object.assign(database, { [Symbol.dispose]: () => database.close() });
}
