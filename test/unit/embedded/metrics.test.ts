import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '#core/clock.ts';
import { type Metrics, startMetrics } from '#embedded/metrics.ts';
import { createMonitoring, type Monitoring } from '#embedded/monitoring.ts';
import { Database } from '#storage/database.ts';
import { readOpenMetrics } from '#support/open-metrics.ts';
import { deviceKeys, openCommandKeys, poolKeys } from '#table/keys.ts';
import { SqliteTable } from '#table/sqlite.ts';

let database: Database;
let monitoring: Monitoring;
let table: SqliteTable;
let metrics: Metrics | undefined;
beforeEach(() => {
  database = new Database(':memory:');
  const onDefect = (error: unknown): void => {
    throw error;
  };
  monitoring = createMonitoring({ database, clock: systemClock, onDefect });
  table = new SqliteTable(database, monitoring.changes);
});
afterEach(() => {
  metrics?.close();
  database.close();
});

/** The metrics of a server whose engine has so much to do. */
function begin(): void {
  const engine = { running: 7, queued: 2, working: 3, calls: { running: 5, waiting: 1 } };
  const counts = () => [{ state: 'firing', severity: 'critical', count: 2 }];
  const alerts = { behind: 4, counts };
  metrics = startMetrics({ database, table, handlersTable: table, engine, monitoring, alerts });
}

async function read(): Promise<Readonly<Record<string, number>>> {
  return readOpenMetrics((await metrics?.text('1.2.3')) ?? '');
}

let revision = 0;
async function putDevice(id: string, status: 'online' | 'offline'): Promise<void> {
  const times = { registeredAt: 1, revision: ++revision };
  await table.put({ ...deviceKeys.meta(id), gsi1pk: deviceKeys.all, gsi1sk: id, id, status, ...times });
}

test('devices are those that there were at the start, and what has come of them since', async () => {
  await putDevice('a', 'online');
  await putDevice('b', 'offline');
  begin();
  await putDevice('b', 'online');
  await putDevice('c', 'online');
  await putDevice('d', 'offline');
  await table.delete(deviceKeys.meta('a'));
  const samples = await read();
  expect(samples['stepwright_devices{status="online"}']).toBe(2);
  expect(samples['stepwright_devices{status="offline"}']).toBe(1);
  expect(table.countBy('gsi1', deviceKeys.all, 'status')).toEqual({ online: 2, offline: 1 });
  expect(samples['stepwright_device_presences_total{status="online"}']).toBe(2);
});

test('what waits is told: executions, open commands, and who stands in line for a pool', async () => {
  begin();
  for (const id of ['x', 'y', 'z'])
    await table.put({ pk: `EXECUTION#${id}`, sk: 'OTHER', ...openCommandKeys.index(id, 1, id) });
  const counts = { limit: 5, used: 4, tickets: 2, revision: 1 };
  await table.put({
    ...poolKeys.meta('dock'),
    gsi1pk: poolKeys.all,
    gsi1sk: 'dock',
    name: 'dock',
    ...counts,
  });
  for (const ticket of [1, 2])
    await table.put({ pk: 'POOL#dock', sk: `LINE#${ticket}`, ...poolKeys.byTicket('dock', ticket) });
  expect(await read()).toMatchObject({
    'stepwright_alerts{state="firing",severity="critical"}': 2,
    stepwright_alert_events_behind: 4,
    'stepwright_executions{state="running"}': 7,
    'stepwright_executions{state="queued"}': 2,
    'stepwright_executions{state="working"}': 3,
    stepwright_commands_open: 3,
    'stepwright_pool_units{pool="dock",state="limit"}': 5,
    'stepwright_pool_units{pool="dock",state="used"}': 4,
    'stepwright_pool_line{pool="dock"}': 2,
    stepwright_step_events_behind: 0,
  });
});

test('what the process takes is told, and counters only grow', async () => {
  begin();
  const first = await read();
  expect(first['stepwright_store_bytes']).toBeGreaterThan(10_000);
  expect(first['process_resident_memory_bytes']).toBeGreaterThan(1e6);
  expect(first['process_start_time_seconds']).toBeLessThan(Date.now() / 1_000);
  const second = await read();
  expect(second['process_cpu_seconds_total']).toBeGreaterThanOrEqual(
    first['process_cpu_seconds_total'] ?? NaN,
  );
});
