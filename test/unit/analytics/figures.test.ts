import { expect, test } from 'vitest';
import { bottlenecksOf } from '#analytics/figures/bottlenecks.ts';
import { capacityOf, costTrend } from '#analytics/figures/forecast.ts';
import { outliersAmong } from '#analytics/figures/outlier-tests.ts';
import { overviewOf } from '#analytics/figures/overview.ts';
import { trendOf } from '#analytics/figures/trend.ts';
import { usagePatterns } from '#analytics/figures/usage.ts';
import { findRollupCursor, noteRollupCursor } from '#analytics/rollups/rollup-store.ts';
import type { MonitoringEvent } from '#monitoring/events/event.ts';
import { MemoryTable } from '#support/memory-table.ts';
import { keepCounted, told } from '#support/rollup-world.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A Monday. */
const NOW = Date.UTC(2027, 2, 1);

/** Ten weeks: ten a day at nine o'clock, none at weekends, and on the last Wednesday a burst; from the last three weeks on slower. */
function weeks(): MonitoringEvent[] {
  return Array.from({ length: 63 }, (_, back) => 63 - back).flatMap((back) => {
    const at = NOW - back * DAY + 9 * HOUR;
    const weekday = new Date(at).getUTCDay();
    if (weekday === 0 || weekday === 6) return [];
    const many = back === 5 ? 100 : 10;
    return Array.from({ length: many }, (_, n) => [
      told('execution.started', at + n, { startedBy: n % 5 === 0 ? 'ana' : 'ci' }),
      told(n % 10 === 0 ? 'execution.failed' : 'execution.succeeded', at + 60_000 + n, {
        tookMs: back <= 21 ? 90_000 : 60_000,
      }),
      told('execution.measured', at + 60_000 + n, { dollars: 0.001 * (1 + (63 - back) / 63) }),
    ]).flat();
  });
}

test('a period stands beside the one before, and workflows beside each other', async () => {
  const table = new MemoryTable();
  await keepCounted(table, weeks(), NOW);
  const overview = await overviewOf(table, { from: NOW - 7 * DAY, to: NOW });
  const of = (measure: string) => overview.measures.find((each) => each.measure === measure);
  expect(of('executions.started')).toMatchObject({ value: 140, before: 50 });
  expect(of('executions.failureRate')?.value).toBeCloseTo(0.1, 5);
  expect(of('commands.latency')).toEqual({ measure: 'commands.latency', unit: 'ms' });
  expect(of('executions.concurrency')?.value).toBeCloseTo((140 * 90_000) / (7 * DAY), 9);
  expect(overview.workflows).toMatchObject([{ workflow: 'rollout', started: 140, ended: 140 }]);
  expect(overview).toMatchObject({ executions: 140, countedUpTo: NOW });
});

test('a trend knows the season: a weekend is usual, a burst is not, and a level that has changed is told', async () => {
  const table = new MemoryTable();
  await keepCounted(table, weeks(), NOW);
  const period = { from: NOW - 42 * DAY, to: NOW };
  const ended = await trendOf(table, { ...period, measure: 'executions.ended', by: 'day' });
  expect(ended.points.filter(({ isAnomaly }) => isAnomaly)).toMatchObject([
    { at: NOW - 5 * DAY, value: 100, usual: 10 },
  ]);
  expect(ended.changes).toEqual([]);
  const took = await trendOf(table, {
    ...{ ...period, measure: 'executions.duration', by: 'day' },
    of: { dimension: 'workflow', value: 'rollout' },
  });
  expect(took.changes).toMatchObject([{ at: NOW - 21 * DAY }]);
  expect(took.known).toBe(30);
  const hours = await trendOf(table, {
    ...period,
    from: NOW - 7 * DAY,
    measure: 'executions.started',
    by: 'hour',
  });
  expect(hours.points).toHaveLength(168);
  expect(hours.points.filter(({ isAnomaly }) => isAnomaly)).toMatchObject([{ value: 100, usual: 10 }]);
  const nothing = await trendOf(new MemoryTable(), { ...period, measure: 'executions.ended', by: 'day' });
  expect([nothing.known, nothing.countedUpTo, nothing.changes]).toEqual([0, undefined, []]);
});

test('an hour or day that still goes on is no anomaly', async () => {
  const table = new MemoryTable();
  await keepCounted(table, weeks(), NOW);
  const to = NOW + 10 * HOUR;
  const { points } = await trendOf(table, { from: NOW - DAY, to, measure: 'executions.started', by: 'day' });
  expect(points.at(-1)).toMatchObject({ at: NOW, value: 0, usual: 10, isAnomaly: false });
});

test('the week is by the clock on the wall, callers by how much they start, bursts by what is usual', async () => {
  const table = new MemoryTable();
  await keepCounted(table, weeks(), NOW);
  const usage = await usagePatterns(table, { from: NOW - 7 * DAY, to: NOW, timeZone: 'Asia/Kolkata' });
  expect(usage.heat[2]?.[14]).toBe(100);
  expect(usage.heat[5]).toEqual(new Array(24).fill(0));
  expect(usage.callers).toEqual([
    { caller: 'ci', started: 112 },
    { caller: 'ana', started: 28 },
  ]);
  const at = NOW - 5 * DAY + 9 * HOUR;
  expect(usage.bursts).toEqual([{ from: at, to: at + HOUR, started: 100, usual: 10, failed: 10 }]);
});

test('what holds the time is told by step, command, zone and route, with what it waited', async () => {
  const table = new MemoryTable();
  const at = NOW - DAY;
  await keepCounted(
    table,
    [
      told('step.succeeded', at, { path: 'each[1].flash', tookMs: 8_000, attempts: 2 }),
      told('step.failed', at, { path: 'each[2].flash', tookMs: 10_000, attempts: 1 }),
      told('step.succeeded', at, { path: 'say', tookMs: 2_000, attempts: 1 }),
      told('command.succeeded', at, {
        ...{ path: 'each[1].flash', name: 'flash', zone: 'hall', tookMs: 5_000, waitedMs: 3_000 },
        strategy: 'sticky',
      }),
    ],
    NOW,
  );
  const period = { from: at, to: NOW };
  const { holders, runs } = await bottlenecksOf(table, { ...period, by: 'step', workflow: 'rollout' });
  expect(holders).toMatchObject([
    { name: 'rollout/each.flash', runs: 2, failed: 1, retries: 1, workMs: 15_000, waitMs: 3_000, share: 0.9 },
    { name: 'rollout/say', runs: 1, workMs: 2_000, share: 0.1 },
  ]);
  expect(runs).toBe(3);
  for (const [by, name] of [
    ['command', 'flash'],
    ['zone', 'hall'],
    ['route', 'rollout/each.flash'],
  ] as const)
    expect((await bottlenecksOf(table, { ...period, by })).holders).toMatchObject([
      { name, workMs: 5_000, waitMs: 3_000, share: 1 },
    ]);
  expect((await bottlenecksOf(table, { ...period, by: 'step', workflow: 'other' })).holders).toEqual([]);
});

test('cost goes on as it grew, and capacity tells when a limit is reached', async () => {
  const table = new MemoryTable();
  const days = Array.from({ length: 40 }, (_, day) => NOW - (40 - day) * DAY + HOUR);
  const events = days
    .flatMap((at, day) => [
      told('execution.succeeded', at + HOUR, { tookMs: HOUR }),
      told('execution.measured', at, { dollars: 1 + day / 10 }),
      told('lease.released', at, { heldMs: 36_000 * (50 + day) }),
    ])
    .map((event) =>
      event.kind === 'lease.released' ? { ...event, data: { ...event.data, pools: { line: 2 } } } : event,
    );
  await keepCounted(table, events, NOW);
  const cost = await costTrend(table, { now: NOW + HOUR, daysAhead: 10 });
  expect(cost.slope?.slope).toBeCloseTo(0.1, 6);
  expect(cost.coming.map(({ value }) => Number(value.toFixed(2)))).toEqual([
    5, 5.1, 5.2, 5.3, 5.4, 5.5, 5.6, 5.7, 5.8, 5.9,
  ]);
  expect(cost).toMatchObject({ executions: 40, workflows: [{ workflow: 'rollout', executions: 40 }] });
  const line = await capacityOf(table, { now: NOW + HOUR, daysAhead: 20, pool: 'line', limit: 1.9 });
  expect(line).toMatchObject({ of: 'pool line', limit: 1.9, reachedAt: NOW + 5 * DAY });
  const executions = await capacityOf(table, { now: NOW + HOUR, daysAhead: 5 });
  expect(executions.past.at(-1)).toEqual({ at: NOW - DAY, value: 1 });
  expect(await capacityOf(new MemoryTable(), { now: NOW, daysAhead: 5, limit: 3 })).toEqual({
    ...{ of: 'executions', limit: 3, past: [], coming: [] },
  });
});

test('a value goes with failures when more of them have it than by chance; many numbers by quarters', () => {
  const samples = Array.from({ length: 400 }, (_, at) => ({
    isBad: at % 4 === 0 ? at % 8 === 0 : at % 97 === 0,
    values: { site: at % 4 === 0 ? 'hall-3' : `hall-${at % 3}`, size: at, notes: 'n'.repeat(200) },
    ...(at < 100 ? { sets: { device: [`d${at % 4}`, `d${at % 4}`] } } : {}),
  }));
  const { found, tested } = outliersAmong(samples);
  expect(found.map(({ field, value }) => `${field} ${value}`)).toEqual(['site hall-3', 'device d0']);
  expect(found[0]).toMatchObject({ executions: 100, bad: 50, rate: 0.5 });
  expect(found[1]).toMatchObject({ executions: 25 });
  expect(tested).toBe(4 + 4 + 4);
  const quiet = outliersAmong(samples.map((sample, at) => ({ ...sample, isBad: at % 7 === 0 })));
  expect(quiet.found).toEqual([]);
  const sizes = outliersAmong(samples.map((sample, at) => ({ ...sample, isBad: at >= 300 && at % 2 === 0 })));
  expect(sizes.found[0]).toMatchObject({ field: 'size', value: '300 or more', lift: 4 });
  expect(outliersAmong([])).toEqual({ tested: 0, found: [] });
});

test('what has not ended yet has no rate and no time, and the workflow with the most ends comes first', async () => {
  const table = new MemoryTable();
  const at = NOW - DAY + HOUR;
  const events = [
    told('execution.started', at, { workflow: 'idle' }),
    ...[1, 2, 3].flatMap((n) => [
      told('execution.succeeded', at + n, { workflow: n > 1 ? 'busy' : 'calm', tookMs: 1_000 }),
    ]),
  ];
  await keepCounted(table, events, NOW);
  const { workflows, measures } = await overviewOf(table, { from: NOW - DAY, to: NOW });
  expect(workflows.map(({ workflow, ended }) => [workflow, ended])).toEqual([
    ['busy', 2],
    ['calm', 1],
    ['idle', 0],
  ]);
  expect(workflows[2]).toEqual({ workflow: 'idle', started: 1, ended: 0, dollars: 0 });
  expect(measures.every(({ before }) => before === undefined || before === 0)).toBe(true);
});

test('hours of a burst in a row are one burst, and what comes above the usual by most comes first', async () => {
  const table = new MemoryTable();
  const burst = (back: number, hour: number, many: number): MonitoringEvent[] =>
    Array.from({ length: many }, (_, n) =>
      told('execution.started', NOW - back * DAY + hour * HOUR + n, { startedBy: `c${n}` }),
    );
  await keepCounted(table, [...weeks(), ...burst(3, 2, 20), ...burst(2, 3, 60), ...burst(2, 4, 50)], NOW);
  const { bursts, callers } = await usagePatterns(table, { from: NOW - 4 * DAY, to: NOW, timeZone: 'UTC' });
  const [first, second] = [NOW - 2 * DAY + 3 * HOUR, NOW - 3 * DAY + 2 * HOUR];
  expect(bursts).toEqual([
    { from: first, to: first + 2 * HOUR, started: 110, usual: 0, failed: 0 },
    { from: second, to: second + HOUR, started: 20, usual: 0, failed: 0 },
  ]);
  expect(callers).toHaveLength(20);
});

test('callers beyond those that are told apart are one without a name, and so are steps', async () => {
  const table = new MemoryTable();
  const at = NOW - DAY;
  const many = Array.from({ length: 300 }, (_, n) => [
    told('execution.started', at + n, { startedBy: `p${n}` }),
    told('step.skipped', at + n, { path: `s${n}`, attempts: 1 }),
  ]).flat();
  await keepCounted(table, many, NOW);
  const { callers } = await usagePatterns(table, { from: at, to: NOW, timeZone: 'UTC' });
  expect(callers[0]).toEqual({ started: 200 });
  const { holders } = await bottlenecksOf(table, { from: at, to: NOW, by: 'step' });
  expect(holders).toHaveLength(101);
  // Steps that were skipped took no time: there is no share, and no quantile.
  const others = holders.filter(({ name }) => name === undefined);
  expect(others).toEqual([{ runs: 0, failed: 0, retries: 0, workMs: 0, waitMs: 0, share: 0 }]);
});

test('a value that was not counted in an hour in which others were is nothing there, and a gap is told', async () => {
  const table = new MemoryTable();
  const at = NOW - 2 * DAY;
  await keepCounted(table, [told('execution.succeeded', at, { workflow: 'other', tookMs: 1 })], NOW);
  const before = await findRollupCursor(table);
  await noteRollupCursor(table, { cursor: '1', at: NOW, gapAt: at }, before);
  const trend = await trendOf(table, {
    ...{ from: at, to: NOW, measure: 'executions.ended', by: 'day' },
    of: { dimension: 'workflow', value: 'rollout' },
  });
  expect(trend.points.map(({ value }) => value)).toEqual([0, 0]);
  expect(trend).toMatchObject({ countedUpTo: NOW, incompleteSince: at });
});

test('the dearest workflow comes first, and days on which nothing ran cost nothing', async () => {
  const table = new MemoryTable();
  const day = (back: number): number => NOW - back * DAY + HOUR;
  await keepCounted(
    table,
    [
      told('execution.measured', day(20), { workflow: 'cheap', dollars: 1 }),
      told('execution.measured', day(3), { workflow: 'dear', dollars: 5 }),
    ],
    NOW,
  );
  const cost = await costTrend(table, { now: NOW, daysAhead: 2 });
  expect(cost.workflows.map(({ workflow }) => workflow)).toEqual(['dear', 'cheap']);
  expect(cost.past.map(({ value }) => value)).toEqual([1, ...new Array(16).fill(0), 5, 0, 0]);
  expect(cost.dollars).toBe(6);
  const short = await costTrend(table, { now: NOW - 16 * DAY, daysAhead: 2 });
  expect([short.past.length, short.coming]).toEqual([4, []]);
});
