import { monitorEventLoopDelay } from 'node:perf_hooks';
import { listPools, type Pool } from '#concurrency/pool.ts';
import type { EmbeddedEngine } from '#engine/embedded/engine.ts';
import { decisionCacheTotals } from '#executions/decide-published.ts';
import type { AlertRunner } from '#monitoring/alerts/alert-runner.ts';
import { DeviceCounts } from '#monitoring/metrics/device-counts.ts';
import { measure } from '#monitoring/metrics/measure.ts';
import type { MetricName, Sample } from '#monitoring/metrics/metric-table.ts';
import { openMetricsText } from '#monitoring/metrics/open-metrics.ts';
import { MetricRegistry } from '#monitoring/metrics/registry.ts';
import type { Database } from '#storage/database.ts';
import { deviceKeys, openCommandKeys, poolKeys } from '#table/keys.ts';
import type { SqliteTable } from '#table/sqlite.ts';
import type { Table } from '#table/table.ts';
import type { Monitoring } from './monitoring.ts';

/** What metrics are made of. */
export interface MetricsOptions {
  readonly database: Database;
  readonly table: SqliteTable;
  /** The table that handlers see. */
  readonly handlersTable: Table;
  readonly engine: Pick<EmbeddedEngine, 'running' | 'queued' | 'working' | 'calls'>;
  readonly monitoring: Monitoring;
  readonly alerts: Pick<AlertRunner, 'behind' | 'counts'>;
}

/** What has been counted since the process began, and how things stand. */
export interface MetricReading {
  readonly registry: MetricRegistry;
  readonly gauges: readonly Sample[];
}

/** The metrics of a server. */
export interface Metrics {
  /** All of them, as OpenMetrics text. */
  text(version: string): Promise<string>;
  /** All of them, as they are now. */
  read(): Promise<MetricReading>;
  close(): void;
}

/** So many pools are told of. */
const MOST_POOLS = 100;

/** Adds up the metrics of a server from now on, and tells how things stand when it is asked. */
export function startMetrics(options: MetricsOptions): Metrics {
  const { table, monitoring } = options;
  const registry = new MetricRegistry();
  const { online = 0, offline = 0 } = table.countBy('gsi1', deviceKeys.all, 'status');
  const devices = new DeviceCounts({ online, offline });
  const loop = monitorEventLoopDelay({ resolution: 20 });
  loop.enable();
  const stop = monitoring.writing.listen((logged) => {
    const events = logged.map(({ event }) => event);
    for (const event of events) devices.take(event);
    for (const sample of measure(events)) registry.add(sample);
  });
  const read = async (): Promise<MetricReading> => {
    const lag = sample('stepwright_event_loop_lag_seconds', loop.percentile(99) / 1e9);
    loop.reset();
    const gauges = [...devices.samples(), ...standing(options), ...(await poolSamples(options)), lag];
    return { registry, gauges };
  };
  return {
    read,
    text: async (version) => {
      const { gauges } = await read();
      return openMetricsText(registry, { gauges, version });
    },
    close: () => {
      stop();
      loop.disable();
    },
  };
}

function sample(metric: MetricName, value: number, labels: Sample['labels'] = {}): Sample {
  return { metric, value, labels };
}

function standing({ database, table, handlersTable, engine, monitoring, alerts }: MetricsOptions): Sample[] {
  const open = openCommandKeys.partitions.map((partition) => table.count('gsi2', partition));
  const { user, system } = process.cpuUsage();
  const { hits, misses } = decisionCacheTotals(handlersTable);
  return [
    sample('stepwright_executions', engine.running, { state: 'running' }),
    sample('stepwright_executions', engine.working, { state: 'working' }),
    sample('stepwright_executions', engine.queued, { state: 'queued' }),
    sample('stepwright_handler_calls', engine.calls.running, { state: 'running' }),
    sample('stepwright_handler_calls', engine.calls.waiting, { state: 'waiting' }),
    sample(
      'stepwright_commands_open',
      open.reduce((sum, count) => sum + count, 0),
    ),
    sample('stepwright_decision_cache', hits, { outcome: 'hit' }),
    sample('stepwright_decision_cache', misses, { outcome: 'miss' }),
    sample('stepwright_step_events_behind', monitoring.stepEventsBehind()),
    sample('stepwright_alert_events_behind', alerts.behind),
    ...alerts.counts().map(({ count, ...labels }) => sample('stepwright_alerts', count, labels)),
    sample('stepwright_store_bytes', database.bytes),
    sample('process_cpu_seconds', (user + system) / 1e6),
    sample('process_resident_memory_bytes', process.memoryUsage.rss()),
    sample('process_heap_bytes', process.memoryUsage().heapUsed),
    sample('process_start_time_seconds', Date.now() / 1_000 - process.uptime()),
  ];
}

async function poolSamples({ table }: MetricsOptions): Promise<Sample[]> {
  const { pools } = await listPools(table, { limit: MOST_POOLS });
  return pools.flatMap((pool: Pool) => [
    sample('stepwright_pool_units', pool.limit, { pool: pool.name, state: 'limit' }),
    sample('stepwright_pool_units', pool.used, { pool: pool.name, state: 'used' }),
    sample('stepwright_pool_line', table.count('gsi1', poolKeys.byTicket(pool.name, 0).gsi1pk), {
      pool: pool.name,
    }),
  ]);
}
