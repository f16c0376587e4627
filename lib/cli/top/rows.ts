import { valuesWords } from '../alerts/print-alerts.ts';
import { type FleetBy, type FleetPart, fleetOf } from './picture.ts';
import type { Failed, Running, ShownAlert, ShownPool, TopState } from './top-state.ts';

/** Parts of the picture, in the order in which the tab key goes through them. */
export const PANES = ['running', 'failed', 'alerts', 'fleet', 'pools'] as const;

/** A part of the picture. */
export type PaneName = (typeof PANES)[number];

/** How executions are sorted. */
export type Sort = 'age' | 'trouble';

/** What is wanted of the rows. */
export interface Wanted {
  readonly sort: Sort;
  readonly by: FleetBy;
  /** Rows that have this in one of their words; case does not matter. */
  readonly filter: string;
}

/** What there is to show, part by part, in its order. */
export interface Rows {
  readonly running: readonly Running[];
  readonly failed: readonly Failed[];
  readonly alerts: readonly ShownAlert[];
  readonly fleet: readonly FleetPart[];
  readonly pools: readonly ShownPool[];
  /** The whole fleet, whatever the filter. */
  readonly whole: FleetPart;
}

/** What there is to show. */
export function rowsOf(state: TopState, { sort, by, filter }: Wanted, now: number): Rows {
  const fits = (...words: readonly (string | undefined)[]): boolean =>
    filter === '' || words.join(' ').toLowerCase().includes(filter.toLowerCase());
  const { parts, whole } = fleetOf(state, by, now);
  return {
    running: [...state.running.values()]
      .filter(({ id, workflow, version, doing, error }) => fits(id, workflow, version, doing, error))
      .toSorted(sort === 'age' ? byAge : byTrouble),
    failed: state.failed.filter(({ id, workflow, version, error, cause }) =>
      fits(id, workflow, version, error, cause),
    ),
    alerts: [...state.alerts.values()]
      .filter(({ name, title, severity, values }) => fits(name, title, severity, valuesWords(values)))
      .toSorted(byUrgency),
    fleet: parts.filter(({ name }) => fits(name)),
    pools: state.pools.filter(({ name }) => fits(name)),
    whole,
  };
}

/** What tells a row from the others of its part. */
export function idOf(pane: PaneName, row: Rows[PaneName][number]): string {
  if ('at' in row) return `${row.id} ${row.at}`;
  return 'id' in row ? row.id : `${pane} ${row.name}`;
}

/** The oldest first, so that what stands still comes up. */
function byAge(a: Running, b: Running): number {
  return (a.startedAt ?? 0) - (b.startedAt ?? 0) || (a.id < b.id ? -1 : 1);
}

function byTrouble(a: Running, b: Running): number {
  return troubleOf(b) - troubleOf(a) || byAge(a, b);
}

function troubleOf({ status, pausedAt, troubles }: Running): number {
  if (status === 'ROLLING_BACK') return Number.POSITIVE_INFINITY;
  return troubles + (pausedAt === undefined ? 0 : 0.5);
}

const SEVERITIES = ['critical', 'warning', 'info'] as const;

/** What nobody looks after first, then the worst, then the newest. */
function byUrgency(a: ShownAlert, b: ShownAlert): number {
  const isTaken = ({ acknowledgedBy }: ShownAlert): number => (acknowledgedBy === undefined ? 0 : 1);
  const rank = ({ severity }: ShownAlert): number => SEVERITIES.indexOf(severity);
  return isTaken(a) - isTaken(b) || rank(a) - rank(b) || b.since - a.since || (a.id < b.id ? -1 : 1);
}
