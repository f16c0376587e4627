import { usualOf } from '#statistics/seasonal.ts';
import type { Table } from '#table/table.ts';
import type { Period } from '../read-log.ts';
import { OTHERS } from '../rollups/cell-group.ts';
import { SPANS, startOf } from '../rollups/cube.ts';
import { ALL } from '../rollups/facts.ts';
import { FAILED_EXECUTIONS } from './measures.ts';
import { cellSeries, type Reach, reachOf, sumOfRollups } from './read-rollups.ts';

/** When and by whom executions are started. Times in ms since the epoch. */
export interface UsagePatterns extends Period, Reach {
  readonly timeZone: string;
  /** Executions that started, by day of the week, Monday first, and hour of the day. */
  readonly heat: readonly (readonly number[])[];
  readonly started: number;
  /** Those who started the most; the rest together has no name. */
  readonly callers: readonly { readonly caller?: string; readonly started: number }[];
  readonly bursts: readonly Burst[];
}

/** Hours in a row in which far more was started than usual at their time of the week. */
export interface Burst extends Period {
  readonly started: number;
  readonly usual: number;
  readonly failed: number;
}

const MOST_CALLERS = 20;
const MOST_BURSTS = 20;
/** Robust standard deviations from which on an hour is one of a burst. */
const BURST = 4;
const LOOK_BACK_MS = 56 * SPANS.day;
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** How executions are started over the week, by whom, and when there were far more than usual. */
export async function usagePatterns(
  table: Table,
  { from, to, timeZone }: Period & { readonly timeZone: string },
): Promise<UsagePatterns> {
  const begin = startOf('hour', from);
  const query = { by: 'hour', family: 'executions', dimension: 'all', to } as const;
  const cells = await cellSeries(table, { ...query, from: begin - LOOK_BACK_MS }, ALL);
  const known = cells.findIndex((cell) => cell !== undefined);
  const skipped = LOOK_BACK_MS / SPANS.hour;
  const counts = cells.map((cell, at) =>
    known >= 0 && at >= known ? (cell?.count('started') ?? 0) : undefined,
  );
  const usual = usualOf(
    counts,
    [
      { every: 168, least: 3 },
      { every: 24, least: 5 },
    ],
    true,
  );
  const hours = cells.slice(skipped).map((cell, at) => ({
    at: begin + at * SPANS.hour,
    started: cell?.count('started') ?? 0,
    failed: cell?.total(FAILED_EXECUTIONS) ?? 0,
    usual: usual[at + skipped],
  }));
  const callers = await sumOfRollups(table, {
    by: 'day',
    family: 'executions',
    dimension: 'caller',
    from,
    to,
  });
  const ranked = [...callers.cells].map(([caller, cell]) => ({
    ...(caller === OTHERS ? {} : { caller }),
    started: cell.count('started'),
  }));
  return {
    ...{ from: begin, to, timeZone, heat: heatOf(hours, timeZone) },
    started: hours.reduce((sum, { started }) => sum + started, 0),
    callers: ranked.sort((one, other) => other.started - one.started).slice(0, MOST_CALLERS),
    bursts: burstsOf(hours),
    ...(await reachOf(table)),
  };
}

interface Hour {
  readonly at: number;
  readonly started: number;
  readonly failed: number;
  readonly usual: { readonly usual: number; readonly deviations: number } | undefined;
}

/** An hour in UTC belongs to the hour in which it begins on the clock on the wall. */
function heatOf(hours: readonly Hour[], timeZone: string): readonly (readonly number[])[] {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    hourCycle: 'h23',
  });
  const heat = DAYS.map(() => new Array<number>(24).fill(0));
  for (const { at, started } of hours) {
    if (started === 0) continue;
    const parts = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const day = heat[DAYS.indexOf(parts['weekday'] ?? '')];
    const hour = Number(parts['hour']);
    if (day !== undefined) day[hour] = (day[hour] ?? 0) + started;
  }
  return heat;
}

function burstsOf(hours: readonly Hour[]): readonly Burst[] {
  const bursts: Burst[] = [];
  for (const { at, started, failed, usual } of hours) {
    if (usual === undefined || usual.deviations < BURST) continue;
    const last = bursts.at(-1);
    if (last?.to !== at) bursts.push({ from: at, to: at + SPANS.hour, started, failed, usual: usual.usual });
    else
      bursts[bursts.length - 1] = {
        ...{ from: last.from, to: at + SPANS.hour, started: last.started + started },
        ...{ failed: last.failed + failed, usual: last.usual + usual.usual },
      };
  }
  return bursts
    .sort((one, other) => other.started - other.usual - (one.started - one.usual))
    .slice(0, MOST_BURSTS);
}
