import type { Key } from './table.ts';

/** What was counted by hour and by day, how far that has come, and what was counted of an execution. */
export const rollupKeys = {
  /** The cells of one hour or day (its begin, in ms since the epoch), by the values of one dimension. */
  cells: (rollup: RollupName, start: number): Key => ({
    pk: rollupKeys.partition(rollup),
    sk: rollupKeys.start(start),
  }),
  partition: ({ by, family, dimension }: RollupName): string => `ROLLUP#${by}#${family}#${dimension}`,
  /** How hours and days sort. */
  start: (at: number): string => String(Math.floor(at)).padStart(15, '0'),
  /** How far counting has come. */
  cursor: { pk: 'ROLLUPS', sk: 'CURSOR' },
  /** What is to be made anew of records, and how far that is. */
  rebuild: { pk: 'ROLLUPS', sk: 'REBUILD' },
  /** Which events of an execution were counted; a part of them for so many iterations each. */
  counted: (execution: string, part: number): Key => ({
    pk: `ROLLED-UP#${execution}`,
    sk: String(part).padStart(6, '0'),
  }),
} as const;

/** Which rollup it is. */
export interface RollupName {
  readonly by: 'hour' | 'day';
  readonly family: string;
  readonly dimension: string;
}
