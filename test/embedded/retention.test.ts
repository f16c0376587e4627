import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { queryArchive } from '#archive/read/query.ts';
import { DEFAULT_TIMES, KEEP_ALL } from '#archive/retention-times.ts';
import { AT_FULL_SPEED } from '#archive/retire/ports.ts';
import { retireExecutions } from '#archive/retire/retire-executions.ts';
import { FolderStore } from '#archive/stores/folder-store.ts';
import type { Json, JsonObject } from '#core/json.ts';
import { systemRandom } from '#core/random.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { type HousekeepingOptions, keepHouse, startHousekeeping } from '#embedded/housekeeping.ts';
import { EmbeddedEngine } from '#engine/embedded/engine.ts';
import { EngineRetention } from '#engine/embedded/retention.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import { toExecutionItem } from '#executions/execution.ts';
import { EventLog } from '#monitoring/feed/event-log.ts';
import { openCatalogue } from '#step-functions-api/catalogue/catalogue.ts';
import { Database } from '#storage/database.ts';
import { executionKeys } from '#table/keys.ts';
import { SqliteTable } from '#table/sqlite.ts';

const HOUR = 3_600_000;
const START = Date.UTC(2026, 5, 1);

let folder = '';
let path = '';
let database: Database;
let clock: VirtualClock;
let engine: EmbeddedEngine;
let table: SqliteTable;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'stepwright-retention-'));
  path = join(folder, 'stepwright.db');
  database = new Database(path);
  table = new SqliteTable(database);
  openCatalogue(database);
  clock = new VirtualClock(START);
  engine = new EmbeddedEngine({ database, clock, functions: {} });
  await engine.deploy({ name: 'm', definition: machine({ a: { Type: 'Pass', End: true } }) });
  await engine.deploy({
    name: 'waits',
    definition: machine({ a: { Type: 'Wait', Seconds: 999_999, End: true } }),
  });
});
afterEach(() => {
  engine.close();
  database.close();
  rmSync(folder, { recursive: true });
});

function machine(states: Record<string, JsonObject>): JsonObject {
  return { QueryLanguage: 'JSONata', StartAt: 'a', States: states };
}

async function runOne(name: string, input: Json = {}): Promise<ExecutionRef> {
  const ref = { machine: 'm', name };
  await engine.start(ref, input);
  await engine.whenEnded(ref);
  return ref;
}

type Counted = 'executions' | 'journal' | 'dropped_journals' | 'map_runs' | 'map_run_children';

function count(table: Counted): unknown {
  return database.sqlite.prepare(`SELECT count(*) AS n FROM ${table}`).get()?.['n'];
}

function bytes(): number {
  return statSync(path).size + statSync(`${path}-wal`).size;
}

/** Moves all of the log into the file, once nothing is being written. */
async function checkpoint(): Promise<void> {
  await expect.poll(() => database.sqlite.isTransaction, { interval: 1 }).toBe(false);
  database.sqlite.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

/** What the house is kept with. */
function houseOf(keepMs: number | undefined): HousekeepingOptions {
  const times = keepMs === undefined ? KEEP_ALL : { ...DEFAULT_TIMES, executions: keepMs };
  return {
    ...{ database, table, engine, clock, random: systemRandom, times, archive: undefined },
    onDefect: (error) => expect.unreachable(String(error)),
  };
}

async function house(keepMs: number | undefined): Promise<void> {
  await keepHouse(houseOf(keepMs));
}

/** Deletes records that ended before a time; gives how many. */
async function dropBefore(before: number): Promise<number> {
  const times = { ...DEFAULT_TIMES, executions: clock.now() - before };
  const ports = { table, engine, clock, random: systemRandom, archive: undefined };
  const options = { times, atOnce: 1, pace: AT_FULL_SPEED, onDefect: () => {} };
  return (await retireExecutions(ports, options)).gone;
}

test('children of a distributed Map live as long as their parent, and go with it', async () => {
  const ItemProcessor = {
    ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    ...{ StartAt: 'p', States: { p: { Type: 'Pass', End: true } } },
  };
  const states = {
    a: { Type: 'Map', Label: 'L', Items: [1, 2, 3], ItemProcessor, Next: 'b' },
    b: { Type: 'Wait', Seconds: 9 * 3_600, End: true },
  };
  await engine.deploy({ name: 'each', definition: machine(states) });
  const ref = { machine: 'each', name: 'one' };
  await engine.start(ref, {});
  await expect.poll(() => engine.mapRuns.list(ref, undefined, 1)[0]?.status).toBe('SUCCEEDED');
  await clock.advance(8 * HOUR);
  await house(2 * HOUR);
  expect(count('executions')).toBe(4);
  await clock.advance(2 * HOUR);
  await engine.whenEnded(ref);
  await clock.advance(8 * HOUR);
  // The newest execution stays, whatever its age.
  await runOne('new');
  await house(2 * HOUR);
  expect([count('executions'), count('map_runs'), count('map_run_children')]).toEqual([1, 0, 0]);
});

test('what ended before is dropped with its journal; what is younger, or runs, stays', async () => {
  const old = await runOne('old');
  const running = { machine: 'waits', name: 'running' };
  await engine.start(running, {});
  await clock.advance(2 * HOUR);
  const young = await runOne('young');
  database.sqlite.exec('INSERT INTO engine_pauses VALUES (1); INSERT INTO engine_pauses VALUES (3)');
  await house(HOUR);
  expect(database.sqlite.prepare('SELECT execution FROM engine_pauses').all()).toEqual([{ execution: 3 }]);
  expect(await engine.describe(old)).toBeUndefined();
  expect(await engine.describe(young)).toMatchObject({ status: 'SUCCEEDED' });
  expect(await engine.describe(running)).toMatchObject({ status: 'RUNNING' });
  expect((await engine.history(young, 0)).length).toBe(4);
  expect(count('dropped_journals')).toBe(0);
  expect(database.sqlite.prepare('SELECT DISTINCT execution FROM journal').all()).toHaveLength(2);
});

test('without a time to keep, everything stays', async () => {
  const old = await runOne('old');
  await clock.advance(10_000 * HOUR);
  await runOne('young');
  await house(undefined);
  expect(await engine.describe(old)).toBeDefined();
});

test('the id of a dropped execution is never given again', async () => {
  await runOne('first');
  await runOne('second');
  const idOf = (name: string) =>
    database.sqlite.prepare('SELECT id FROM executions WHERE name = ?').get(name)?.['id'];
  const second = Number(idOf('second'));
  await clock.advance(2 * HOUR);
  await house(HOUR);
  expect(count('executions')).toBe(1);
  await runOne('third');
  expect(Number(idOf('third'))).toBeGreaterThan(second);
});

test('a long journal is dropped in small parts, and goes on being dropped after a crash', async () => {
  await runOne('long');
  const add = database.sqlite.prepare(
    'INSERT INTO journal (execution, first, events) SELECT execution, ? + ?, events FROM journal WHERE first = 1',
  );
  for (let index = 0; index < 500; index++) add.run(1_000, index);
  await clock.advance(2 * HOUR);
  await runOne('last');
  const retention = new EngineRetention(database);
  const options = { before: clock.now() - HOUR, rows: 50 };
  const before = Number(count('journal'));
  await retention.drop(options);
  expect(before - Number(count('journal'))).toBeLessThanOrEqual(50);
  expect(count('executions')).toBe(1);
  let parts = 0;
  for (const next = new EngineRetention(database); (await next.drop(options)) > 0; ) parts++;
  expect(parts).toBeGreaterThan(5);
  expect(database.sqlite.prepare('SELECT DISTINCT execution FROM journal').all()).toHaveLength(1);
});

test('under steady load the file stays as large as what is kept', async () => {
  const payload = 'x'.repeat(8_000);
  const sizes: number[] = [];
  for (let hour = 0; hour < 12; hour++) {
    const names = Array.from({ length: 100 }, (_, index) => `h${hour}-${index}`);
    await Promise.all(names.map((name) => runOne(name, { payload })));
    await clock.advance(HOUR);
    await house(2 * HOUR);
    sizes.push(bytes());
  }
  const later = sizes.slice(4);
  expect(Math.max(...later)).toBeLessThan((sizes[3] ?? 0) * 1.1);
  expect(count('executions')).toBeLessThanOrEqual(300);
});

test('room that a peak took is given back', async () => {
  const payload = 'x'.repeat(30_000);
  for (let index = 0; index < 300; index++) await runOne(`peak-${index}`, { payload });
  await checkpoint();
  const peak = bytes();
  await clock.advance(2 * HOUR);
  await house(HOUR);
  await checkpoint();
  expect(peak).toBeGreaterThan(25_000_000);
  expect(bytes()).toBeLessThan(10_000_000);
});

test('records go with their commands, day by day, and what is not over stays', async () => {
  const record = (
    id: string,
    startedAt: number,
    more: { status: 'SUCCEEDED' | 'RUNNING'; endedAt?: number },
  ) => toExecutionItem({ id, workflow: 'w', version: '1.0.0', machine: 'm', input: {}, startedAt, ...more });
  await table.putAll([
    record('old', START, { status: 'SUCCEEDED', endedAt: START + 1 }),
    record('long', START, { status: 'RUNNING' }),
    record('new', START + 72 * HOUR, { status: 'SUCCEEDED', endedAt: START + 72 * HOUR }),
  ]);
  await table.putAll(
    Array.from({ length: 230 }, (_, n) => ({ pk: executionKeys.partition('old'), sk: `COMMAND#${n}` })),
  );
  expect(await dropBefore(START + 48 * HOUR)).toBe(1);
  expect((await table.query({ partition: executionKeys.partition('old') })).items).toEqual([]);
  expect(await table.get(executionKeys.meta('long'))).toBeDefined();
  expect(await table.get(executionKeys.meta('new'))).toBeDefined();
  await table.putAll([record('long', START, { status: 'SUCCEEDED', endedAt: START + 96 * HOUR })]);
  expect(await dropBefore(START + 100 * HOUR)).toBe(2);
});

test('the house is kept every minute until it is closed', async () => {
  await runOne('old');
  const house = startHousekeeping(houseOf(1_000));
  await clock.advance(30_000);
  await runOne('last');
  expect(count('executions')).toBe(2);
  await clock.advance(31_000);
  const aMomentLater = async (): Promise<unknown> => {
    await clock.advance(300);
    return count('executions');
  };
  await expect.poll(aMomentLater).toBe(1);
  house.close();
  expect(await clock.advanceToNext()).toBe(false);
});

test('a run of the engine stays for as long as its record does', async () => {
  const ref = await runOne('incomplete');
  const record = {
    id: ref.name,
    workflow: 'm',
    version: '1.0.0',
    machine: 'm',
    input: {},
    startedAt: START,
    endedAt: START,
  };
  await table.put(toExecutionItem({ ...record, status: 'ROLLBACK_INCOMPLETE' }));
  for (let number = 0; number < 120; number++) await runOne(`other-${number}`);
  await clock.advance(2 * HOUR);
  await runOne('new');
  await house(HOUR);
  expect(await engine.describe(ref)).toBeDefined();
  expect(count('executions')).toBe(2);
  await table.put(toExecutionItem({ ...record, status: 'ROLLED_BACK' }));
  await house(HOUR);
  expect(await engine.describe(ref)).toBeUndefined();
});

test('events that somebody has not read who should miss none are kept, however old', async () => {
  const log = new EventLog(database);
  await database.commit(() => {
    for (const id of ['e/1', 'e/2', 'e/3', 'e/4'])
      log.append([{ v: 1, id, at: new Date(START).toISOString(), kind: 'device.online', data: {} }]);
  });
  log.commit(4);
  await clock.advance(24 * 30 * HOUR);
  await keepHouse({ ...houseOf(HOUR), events: log, eventsUnread: async () => 2 });
  expect([log.first, log.last]).toEqual([3, 4]);
  await keepHouse({ ...houseOf(HOUR), events: log });
  expect(log.first).toBe(4);
});

test('nothing expires while the archive cannot be written, and what has happened is archived before it is dropped', async () => {
  const log = new EventLog(database);
  const at = new Date(START).toISOString();
  await database.commit(() => {
    for (const id of ['e/1', 'e/2', 'e/3'])
      log.append([{ v: 1, id, at, kind: 'device.online', device: 'd', data: {} }]);
  });
  log.commit(3);
  await clock.advance(24 * 30 * HOUR);
  await table.put({ pk: 'CACHE#x', sk: 'RESULT', expiresAt: 1 });
  const closed = new FolderStore('/proc/no/folder');
  await expect(keepHouse({ ...houseOf(HOUR), archive: closed, events: log })).rejects.toMatchObject({
    code: 'SW4501',
  });
  expect([await table.get({ pk: 'CACHE#x', sk: 'RESULT' }), log.first]).toEqual([expect.anything(), 1]);
  const store = new FolderStore(join(folder, 'archive'));
  await keepHouse({ ...houseOf(HOUR), archive: store, events: log });
  expect([await table.get({ pk: 'CACHE#x', sk: 'RESULT' }), log.first]).toEqual([undefined, 3]);
  const events = await Array.fromAsync(queryArchive(store, { kind: 'events' }));
  expect(events.map(({ id }) => id)).toEqual(['e/1', 'e/2', 'e/3']);
});
