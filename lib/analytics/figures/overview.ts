import type { Table } from '#table/table.ts';
import type { Period } from '../read-log.ts';
import { Cell } from '../rollups/cell.ts';
import { SPANS, startOf } from '../rollups/cube.ts';
import { ALL, type Family } from '../rollups/facts.ts';
import { MEASURES, type MeasureName } from './measures.ts';
import { type Reach, reachOf, sumOfRollups } from './read-rollups.ts';

/** A measure in a period, and in the one before. */
export interface Compared {
  readonly measure: MeasureName;
  readonly unit: string;
  readonly value?: number;
  readonly before?: number;
}

/** A period beside the one before it, of whole days. Times in ms since the epoch. */
export interface Overview extends Period, Reach {
  readonly measures: readonly Compared[];
  readonly workflows: readonly {
    readonly workflow: string;
    readonly started: number;
    readonly ended: number;
    readonly failureRate?: number;
    readonly p50?: number;
    readonly p90?: number;
    readonly dollars: number;
  }[];
  /** How many executions it is made of. */
  readonly executions: number;
}

const TOLD = [
  ...(['executions.started', 'executions.ended', 'executions.failureRate', 'executions.duration'] as const),
  ...(['executions.duration.p90', 'executions.concurrency', 'executions.cost', 'steps.retries'] as const),
  ...(['commands.ended', 'commands.failureRate', 'commands.latency', 'commands.latency.p90'] as const),
] as const;

/** A period beside the one before. */
export async function overviewOf(table: Table, asked: Period): Promise<Overview> {
  const from = startOf('day', asked.from);
  const to = startOf('day', asked.to - 1) + SPANS.day;
  const periods = [
    { from, to },
    { from: 2 * from - to, to: from },
  ];
  const [now, before] = await Promise.all(periods.map((period) => allOf(table, period)));
  const workflows = await sumOfRollups(table, {
    ...{ by: 'day', family: 'executions', dimension: 'workflow', from, to },
  });
  const days = (to - from) / SPANS.day;
  const measures = TOLD.map((measure): Compared => {
    const { family, unit, of } = MEASURES[measure];
    const over = (cells: Cells | undefined): number | undefined => {
      const value = of(cells?.[family] ?? Cell.empty(), 'day');
      return unit === 'mean' && value !== undefined ? value / days : value;
    };
    const [value, old] = [over(now), over(before)];
    return {
      ...{ measure, unit },
      ...(value === undefined ? {} : { value }),
      ...(old === undefined ? {} : { before: old }),
    };
  });
  return {
    ...{ from, to, measures, ...(await reachOf(table)) },
    workflows: [...workflows.cells].map(([workflow, cell]) => rowOf(workflow, cell)).sort(byEnded),
    executions: MEASURES['executions.ended'].of(now?.executions ?? Cell.empty(), 'day') ?? 0,
  };
}

type Cells = Readonly<Partial<Record<Family, Cell>>>;

async function allOf(table: Table, period: Period): Promise<Cells> {
  const of = async (family: Family): Promise<Cell> =>
    (await sumOfRollups(table, { by: 'day', family, dimension: 'all', ...period })).cells.get(ALL) ??
    Cell.empty();
  return { executions: await of('executions'), steps: await of('steps'), commands: await of('commands') };
}

function rowOf(workflow: string, cell: Cell): Overview['workflows'][number] {
  const rate = MEASURES['executions.failureRate'].of(cell, 'day');
  const [p50, p90] = [cell.times.quantile(0.5), cell.times.quantile(0.9)];
  return {
    workflow,
    started: cell.count('started'),
    ended: MEASURES['executions.ended'].of(cell, 'day') ?? 0,
    ...(rate === undefined ? {} : { failureRate: rate }),
    ...(p50 === undefined ? {} : { p50 }),
    ...(p90 === undefined ? {} : { p90 }),
    dollars: MEASURES['executions.cost'].of(cell, 'day') ?? 0,
  };
}

function byEnded(one: { readonly ended: number }, other: { readonly ended: number }): number {
  return other.ended - one.ended;
}
