import { type Forecast, forecast, type TrendLine, trendLine } from '#statistics/trend-line.ts';
import type { Table } from '#table/table.ts';
import type { Period } from '../read-log.ts';
import { SPANS, startOf } from '../rollups/cube.ts';
import { ALL, NANODOLLARS } from '../rollups/facts.ts';
import { MEASURES } from './measures.ts';
import { cellSeries, type Reach, reachOf, sumOfRollups } from './read-rollups.ts';

/** A day that was. */
export interface PastDay {
  readonly at: number;
  readonly value: number;
}

/** A day that is to come. */
export interface ComingDay extends Forecast {
  readonly at: number;
}

/** How something grows, by day, and where it will be. Times in ms since the epoch. */
export interface Outlook extends Reach {
  readonly past: readonly PastDay[];
  readonly coming: readonly ComingDay[];
  /** By how much it grows a day; undefined where too little is known. */
  readonly slope?: TrendLine;
}

/** What is needed, and when it reaches what there is. */
export interface Capacity extends Outlook {
  readonly of: string;
  readonly limit?: number;
  /** The first day on which the forecast reaches the limit, and on which its upper bound does; undefined: not in the days ahead. */
  readonly reachedAt?: number;
  readonly reachedAtEarliest?: number;
}

/** So many days are looked back on, and less than that many are no forecast. */
const DAYS_BACK = 56;
const LEAST_DAYS = 14;
const WEEK = 7;

/** Of which days, and how far ahead. */
export interface OutlookQuery {
  readonly now: number;
  readonly daysAhead: number;
}

/**
 * The busiest hour of each day, as the mean of how many executions ran in it, or units of a pool were held, and how it goes on. An hour's
 * mean is below its peak.
 */
export async function capacityOf(
  table: Table,
  {
    now,
    daysAhead,
    pool,
    limit,
  }: OutlookQuery & { readonly pool?: string | undefined; readonly limit?: number | undefined },
): Promise<Capacity> {
  const { from, to } = daysBefore(now);
  const which =
    pool === undefined
      ? ({ family: 'executions', dimension: 'all', value: ALL } as const)
      : ({ family: 'pools', dimension: 'pool', value: pool } as const);
  const { of: read } = MEASURES[pool === undefined ? 'executions.concurrency' : 'pools.used'];
  const cells = await cellSeries(table, { by: 'hour', ...which, from, to }, which.value);
  const busiest = Array.from({ length: DAYS_BACK }, (_, day) => {
    const hours = cells.slice(day * 24, (day + 1) * 24);
    if (hours.every((cell) => cell === undefined)) return undefined;
    return Math.max(0, ...hours.map((cell) => (cell === undefined ? 0 : (read(cell, 'hour') ?? 0))));
  });
  const outlook = outlookOf(busiest, { from, daysAhead });
  const reached = limit === undefined ? undefined : outlook.coming.find(({ value }) => value >= limit);
  const earliest = limit === undefined ? undefined : outlook.coming.find(({ high }) => high >= limit);
  return {
    ...{ of: pool === undefined ? 'executions' : `pool ${pool}`, ...outlook },
    ...(limit === undefined ? {} : { limit }),
    ...(reached === undefined ? {} : { reachedAt: reached.at }),
    ...(earliest === undefined ? {} : { reachedAtEarliest: earliest.at }),
    ...(await reachOf(table)),
  };
}

/** What executions cost, by workflow, and how that goes on. */
export interface CostTrend extends Outlook, Period {
  readonly dollars: number;
  readonly executions: number;
  readonly workflows: readonly {
    readonly workflow: string;
    readonly dollars: number;
    readonly executions: number;
  }[];
  /** What the days ahead come to. */
  readonly comingDollars: number;
}

/** What the days before today cost, and what those ahead will. */
export async function costTrend(table: Table, { now, daysAhead }: OutlookQuery): Promise<CostTrend> {
  const { from, to } = daysBefore(now);
  const query = { by: 'day', family: 'executions', from, to } as const;
  const cells = await cellSeries(table, { ...query, dimension: 'all' }, ALL);
  const outlook = outlookOf(
    cells.map((cell) => cell && cell.count('nanodollars') / NANODOLLARS),
    { from, daysAhead },
  );
  const byWorkflow = await sumOfRollups(table, { ...query, dimension: 'workflow' });
  const workflows = [...byWorkflow.cells].map(([workflow, cell]) => ({
    ...{ workflow, dollars: cell.count('nanodollars') / NANODOLLARS, executions: cell.count('measured') },
  }));
  return {
    ...{ from, to, ...outlook, ...(await reachOf(table)) },
    dollars: outlook.past.reduce((sum, { value }) => sum + value, 0),
    executions: cells.reduce((sum, cell) => sum + (cell?.count('measured') ?? 0), 0),
    workflows: workflows.sort((one, other) => other.dollars - one.dollars),
    comingDollars: outlook.coming.reduce((sum, { value }) => sum + value, 0),
  };
}

/** Today is not over: it is no day that was. */
function daysBefore(now: number): Period {
  const to = startOf('day', now);
  return { from: to - DAYS_BACK * SPANS.day, to };
}

function outlookOf(
  days: readonly (number | undefined)[],
  { from, daysAhead }: { readonly from: number; readonly daysAhead: number },
): Outlook {
  const first = days.findIndex((value) => value !== undefined);
  const known = first < 0 ? [] : days.slice(first).map((value) => value ?? 0);
  const begin = from + Math.max(0, first) * SPANS.day;
  const past = known.map((value, at) => ({ at: begin + at * SPANS.day, value }));
  const coming = known.length < LEAST_DAYS ? [] : (forecast(known, WEEK, daysAhead) ?? []);
  const slope = trendLine(known);
  return {
    past,
    coming: coming.map((each, at) => ({ at: begin + (known.length + at) * SPANS.day, ...each })),
    ...(slope === undefined ? {} : { slope }),
  };
}
