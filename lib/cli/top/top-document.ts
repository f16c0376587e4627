import { type FleetBy, quantilesOf, ratesOf, serverTime } from './picture.ts';
import { type Rows, rowsOf, type Sort } from './rows.ts';
import type { TopState } from './top-state.ts';

const MOST_ROWS = 100;

/** What is known as a document: for `--json`. */
export function topDocument(
  state: TopState,
  wanted: { readonly sort: Sort; readonly by: FleetBy; readonly filter: string },
  ourTime: number,
) {
  const now = serverTime(state, ourTime);
  const rows = rowsOf(state, wanted, now);
  const { cpuSeconds: _, at: __, ...gauges } = state.gauges;
  return {
    at: iso(now),
    server: state.url,
    connection: state.connection.kind,
    ...(state.lagMs === undefined ? {} : { lagMs: state.lagMs }),
    perSecond: ratesOf(state, now),
    took: {
      executions: quantilesOf(state.executionTimes, now),
      commands: quantilesOf(state.commandTimes, now),
    },
    running: { count: rows.running.length, more: state.isRunningCut, executions: running(rows) },
    failed: rows.failed.slice(0, MOST_ROWS).map(({ id, at, ...failed }) => ({
      ...{ executionId: id, at: iso(at) },
      ...failed,
    })),
    alerts: rows.alerts
      .slice(0, MOST_ROWS)
      .map(({ since, values, ...alert }) => ({ ...alert, by: values, since: iso(since) })),
    fleet: { ...rows.whole, name: undefined, more: state.isFleetCut, by: wanted.by, parts: rows.fleet },
    pools: rows.pools,
    resources: gauges,
  };
}

function running({ running: all }: Rows) {
  return all.slice(0, MOST_ROWS).map(({ id, startedAt, pausedAt, heardAt, ...execution }) => ({
    executionId: id,
    ...execution,
    ...(startedAt === undefined ? {} : { startedAt: iso(startedAt) }),
    ...(pausedAt === undefined ? {} : { pausedAt: iso(pausedAt) }),
    heardAt: iso(heardAt),
  }));
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
