import type { Table } from '#table/table.ts';
import type { Period } from '../read-log.ts';
import type { Cell } from '../rollups/cell.ts';
import { OTHERS } from '../rollups/cell-group.ts';
import type { Dimension, Family } from '../rollups/facts.ts';
import { type Reach, reachOf, sumOfRollups } from './read-rollups.ts';

/** What one step, command, type or zone of devices, or route took. Times in ms. */
export interface Holder {
  /** Undefined for all that are not told apart. */
  readonly name?: string;
  readonly runs: number;
  readonly failed: number;
  readonly retries: number;
  /** All its time together, without what it waited for its device. */
  readonly workMs: number;
  readonly waitMs: number;
  /** Of the time of all, waits counted in. */
  readonly share: number;
  readonly p50?: number;
  readonly p90?: number;
}

/** What holds the time of executions, the most first. */
export interface Bottlenecks extends Period, Reach {
  readonly by: Dimension;
  readonly holders: readonly Holder[];
  /** How many runs it is made of. */
  readonly runs: number;
}

/** What time can be divided by. */
export const HOLDERS = {
  step: 'steps',
  command: 'commands',
  type: 'commands',
  zone: 'commands',
  route: 'commands',
} as const satisfies Partial<Record<Dimension, Family>>;

/** What time can be divided by. */
export type HolderKind = keyof typeof HOLDERS;

const FAILED = ['failed', 'timedOut', 'expired', 'compensationFailed'];
const ENDED = ['succeeded', 'cancelled', 'compensated', ...FAILED];

/** What holds the most of the time: of steps (blocks that hold others count with all inside them), or of commands. */
export async function bottlenecksOf(
  table: Table,
  { from, to, by, workflow }: Period & { readonly by: HolderKind; readonly workflow?: string | undefined },
): Promise<Bottlenecks> {
  const sum = await sumOfRollups(table, { by: 'day', family: HOLDERS[by], dimension: by, from, to });
  const isWanted = (name: string): boolean => workflow === undefined || name.startsWith(`${workflow}/`);
  const cells = [...sum.cells].filter(([name]) => isWanted(name));
  const rows = cells.map(([name, cell]) => ({ name, cell, ...timesOf(by, cell) }));
  const all = rows.reduce((total, { workMs, waitMs }) => total + workMs + waitMs, 0);
  const holders = rows.map(({ name, cell, workMs, waitMs }): Holder => {
    const [p50, p90] = [cell.times.quantile(0.5), cell.times.quantile(0.9)];
    return {
      ...(name === OTHERS ? {} : { name }),
      ...{ runs: cell.total(ENDED), failed: cell.total(FAILED), retries: cell.count('retries') },
      ...{ workMs, waitMs, share: all === 0 ? 0 : (workMs + waitMs) / all },
      ...(p50 === undefined ? {} : { p50 }),
      ...(p90 === undefined ? {} : { p90 }),
    };
  });
  return {
    ...{ from, to, by, holders: holders.sort((one, other) => other.share - one.share) },
    runs: holders.reduce((total, { runs }) => total + runs, 0),
    ...(await reachOf(table)),
  };
}

/** The time of a step has in it what its commands waited; that of a command has not. */
function timesOf(by: HolderKind, cell: Cell): { readonly workMs: number; readonly waitMs: number } {
  const waitMs = cell.count('waitedMs');
  return { workMs: Math.max(0, cell.times.sum - (by === 'step' ? waitMs : 0)), waitMs };
}
