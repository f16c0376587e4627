import { rollupKeys } from '#table/rollup-keys.ts';
import { queryAll, type Table } from '#table/table.ts';
import type { Period } from '../read-log.ts';
import { Cell } from '../rollups/cell.ts';
import { CellGroup, GroupDataSchema } from '../rollups/cell-group.ts';
import { SPANS, type Span, startOf } from '../rollups/cube.ts';
import type { Dimension, Family } from '../rollups/facts.ts';
import { findRollupCursor } from '../rollups/rollup-store.ts';

/** Which rollups are read. */
export interface RollupQuery extends Period {
  readonly by: Span;
  readonly family: Family;
  readonly dimension: Dimension;
}

/** The cells of one hour or day. */
export interface Rollup {
  readonly start: number;
  readonly group: CellGroup;
}

/** Rollups of a period, the oldest first; hours and days of which nothing is known are left out. */
export async function* readRollups(
  table: Table,
  { by, family, dimension, from, to }: RollupQuery,
): AsyncGenerator<Rollup> {
  const partition = rollupKeys.partition({ by, family, dimension });
  const query = { partition, from: rollupKeys.start(startOf(by, from)), limit: 50 };
  for await (const { sk, cells } of queryAll(table, query)) {
    const start = Number(sk);
    if (start >= to) return;
    yield { start, group: CellGroup.restore(GroupDataSchema.parse(cells)) };
  }
}

/** The same, all together. */
export async function sumOfRollups(table: Table, query: RollupQuery): Promise<CellGroup> {
  const sum = new CellGroup();
  for await (const { group } of readRollups(table, query)) sum.merge(group);
  return sum;
}

/** The cells of one value, one for each hour or day of a period; undefined where nothing was counted. */
export async function cellSeries(
  table: Table,
  query: RollupQuery,
  value: string,
): Promise<readonly (Cell | undefined)[]> {
  const first = startOf(query.by, query.from);
  const length = Math.ceil((query.to - first) / SPANS[query.by]);
  const cells = new Array<Cell | undefined>(length).fill(undefined);
  for await (const { start, group } of readRollups(table, query))
    cells[(start - first) / SPANS[query.by]] = group.cells.get(value) ?? Cell.empty();
  return cells;
}

/** How far figures go. */
export interface Reach {
  /** Up to when all was counted, in ms since the epoch; undefined where nothing was yet. */
  readonly countedUpTo?: number;
  /** When it was found that some events are missing: to be made anew of records by a rebuild. */
  readonly incompleteSince?: number;
}

/** How far figures go. */
export async function reachOf(table: Pick<Table, 'get'>): Promise<Reach> {
  const cursor = await findRollupCursor(table);
  if (cursor === undefined) return {};
  return { countedUpTo: cursor.at, ...(cursor.gapAt === undefined ? {} : { incompleteSince: cursor.gapAt }) };
}
