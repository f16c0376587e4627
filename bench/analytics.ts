/**
 * `npm run bench:analytics`: how fast events are counted by hour and day. A million events, folded in memory; then as many as an embedded
 * server keeps, from its log on disk into its table, each counted once. Prints what it finds, and writes bench/results/analytics.json.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { trendOf } from '#analytics/figures/trend.ts';
import { usagePatterns } from '#analytics/figures/usage.ts';
import { Cube } from '#analytics/rollups/cube.ts';
import { Roller } from '#analytics/rollups/roller.ts';
import { replaceGroup } from '#analytics/rollups/rollup-store.ts';
import { systemClock } from '#core/clock.ts';
import type { MonitoringEvent } from '#monitoring/events/event.ts';
import { cursorOf, EventLog } from '#monitoring/feed/event-log.ts';
import { Database } from '#storage/database.ts';
import { SqliteTable } from '#table/sqlite.ts';
import { round, timeMs } from './measure.ts';
import { machineLine, thisMachine } from './this-machine.ts';

const FOLDED = 1_000_000;
const LOGGED = Number(process.env['EVENTS'] ?? 100_000);
const DAY_MS = 86_400_000;

/** An event of one of 200 workflows with 20 steps, in the last days; eight of them make an execution. */
function eventOf(at: number, all: number, days: number): MonitoringEvent {
  const execution = `x${Math.floor(at / 8)}`;
  const workflow = `w${Math.floor(at / 8) % 200}`;
  const time = new Date(Date.now() - Math.floor(((all - at) / all) * days * DAY_MS)).toISOString();
  const base = { v: 1, at: time, execution, workflow, version: '1.0.0' } as const;
  const tookMs = 20 + ((at * 7_919) % 60_000);
  switch (at % 8) {
    case 0:
      return { ...base, id: `s${execution}`, kind: 'execution.started', data: { startedBy: `p${at % 30}` } };
    case 1:
      return { ...base, id: `e${execution}`, kind: 'execution.succeeded', data: { tookMs } };
    case 2:
    case 3:
    case 4:
      return {
        ...{ ...base, id: `c${at}`, kind: 'command.succeeded', path: `s${at % 20}` },
        data: { name: `c${at % 40}`, type: `t${at % 9}`, zone: `z${at % 60}`, tookMs, waitedMs: tookMs % 50 },
      };
    default:
      return {
        ...base,
        id: `t${at}`,
        kind: 'step.succeeded',
        path: `s${at % 20}`,
        data: { attempts: 1, tookMs },
      };
  }
}

/** CPU that some work takes: others on the machine make it last longer, and take no more of it. */
async function cpuMicrosOf(work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

function rateOf(events: number, micros: number): object {
  return {
    events,
    eventsPerCpuSecond: round((events / micros) * 1e6),
    cpuMicrosPerEvent: round(micros / events),
  };
}

function rateWords(events: number, micros: number): string {
  return `${round((events / micros) * 1e6)} events in a second of CPU, ${round(micros / events)} µs each,`;
}

const folder = mkdtempSync(join(tmpdir(), 'stepwright-bench-'));
try {
  const figures: Record<string, object> = {};
  const events = Array.from({ length: 100_000 }, (_, at) => eventOf(at, 100_000, 80));
  const cube = new Cube();
  const foldMicros = await cpuMicrosOf(async () => {
    for (let at = 0; at < FOLDED; at++) {
      const event = events[at % events.length];
      if (event !== undefined) cube.take(event);
    }
  });
  figures['folded in memory'] = rateOf(FOLDED, foldMicros);
  console.log(
    `folded in memory      ${rateWords(FOLDED, foldMicros)} into ${Array.from(cube.groups()).length} groups of cells`,
  );

  const database = new Database(join(folder, 'bench.db'));
  const log = new EventLog(database);
  const table = new SqliteTable(database);
  for (let from = 0; from < LOGGED; from += 1_000) {
    await database.commit(() => {
      log.append(Array.from({ length: 1_000 }, (_, at) => eventOf(from + at, LOGGED, 1 / 12)));
    });
  }
  log.commit(LOGGED);
  const roller = new Roller({ feed: log, table, clock: systemClock, beginning: () => cursorOf(0) });
  const rollMicros = await cpuMicrosOf(async () => {
    while ((await roller.rollOn(5_000)).more);
  });
  figures['from the log into the table'] = rateOf(LOGGED, rollMicros);
  console.log(`log into the table    ${rateWords(LOGGED, rollMicros)}`);

  for (const { group, ...bucket } of cube.groups())
    if (bucket.dimension === 'workflow' || bucket.dimension === 'all')
      await replaceGroup(table, bucket, { group, upTo: cursorOf(LOGGED) });
  const to = Date.now();
  const queries = {
    'trend of a workflow by day, 90 days': () =>
      trendOf(table, {
        ...{ measure: 'executions.duration.p90', by: 'day', from: to - 90 * DAY_MS, to },
        of: { dimension: 'workflow', value: 'w7' },
      }),
    'usage by hour, 62 days': () =>
      usagePatterns(table, { from: to - 62 * DAY_MS, to, timeZone: 'Europe/Berlin' }),
  };
  for (const [title, query] of Object.entries(queries)) {
    await query();
    const ms = await timeMs(query);
    figures[title] = { ms: round(ms) };
    console.log(`${title.padEnd(40)}${round(ms)} ms`);
  }
  database.close();
  const report = { date: new Date().toISOString(), machine: thisMachine(), figures };
  console.log(machineLine(report.machine, report.date));
  writeFileSync(
    join(import.meta.dirname, 'results/analytics.json'),
    `${JSON.stringify(report, undefined, 2)}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
