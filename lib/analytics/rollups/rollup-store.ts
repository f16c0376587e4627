import * as z from 'zod';
import { rollupKeys } from '#table/rollup-keys.ts';
import { type Condition, ConditionFailed, type Table } from '#table/table.ts';
import { CellGroup, GroupDataSchema } from './cell-group.ts';
import { type Bucket, SPANS } from './cube.ts';

/** How long rollups are kept, in ms: nine weeks of hours, so that each hour of the week is known eight times, and 400 days. */
export const KEEP_MS = { hour: 63 * SPANS.day, day: 400 * SPANS.day } as const;

const GroupItemSchema = z.object({
  /** Everything up to this cursor of the feed is counted in. */
  upTo: z.string(),
  cells: GroupDataSchema,
});

/** Cells as they are kept, with how far they have come. */
export interface KeptGroup {
  readonly group: CellGroup;
  readonly upTo: string;
}

/** The cells of a bucket; undefined where nothing was counted. */
export async function findGroup(table: Pick<Table, 'get'>, bucket: Bucket): Promise<KeptGroup | undefined> {
  const item = await table.get(rollupKeys.cells(bucket, bucket.start));
  if (item === undefined) return undefined;
  const { upTo, cells } = GroupItemSchema.parse(item);
  return { group: CellGroup.restore(cells), upTo };
}

/**
 * Keeps the cells of a bucket in the place of those that were read; `before` is how far these had come. Throws {@link ConditionFailed}
 * when another has kept others meanwhile.
 */
export async function keepGroup(
  table: Pick<Table, 'put'>,
  bucket: Bucket,
  { group, upTo, before }: KeptGroup & { readonly before: string | undefined },
): Promise<void> {
  const condition: Condition =
    before === undefined ? { exists: false } : { attribute: 'upTo', equals: before };
  await table.put(itemOf(bucket, { group, upTo }), condition);
}

/** Keeps the cells of a bucket whatever there is. */
export async function replaceGroup(
  table: Pick<Table, 'put'>,
  bucket: Bucket,
  kept: KeptGroup,
): Promise<void> {
  await table.put(itemOf(bucket, kept));
}

function itemOf(bucket: Bucket, { group, upTo }: KeptGroup) {
  const expiresAt = Math.ceil((bucket.start + SPANS[bucket.by] + KEEP_MS[bucket.by]) / 1_000);
  return { ...rollupKeys.cells(bucket, bucket.start), upTo, cells: group.save(), expiresAt };
}

const CursorSchema = z.object({
  cursor: z.string(),
  at: z.number(),
  gapAt: z.number().optional(),
});

/** How far counting has come. Times in ms since the epoch. */
export interface RollupCursor {
  readonly cursor: string;
  /** Up to when all that has happened is counted. */
  readonly at: number;
  /** When it was found the last time that events were not kept any more which should have been counted. */
  readonly gapAt?: number | undefined;
}

/** How far counting has come; undefined before it has begun. */
export async function findRollupCursor(table: Pick<Table, 'get'>): Promise<RollupCursor | undefined> {
  const item = await table.get(rollupKeys.cursor);
  return item === undefined ? undefined : CursorSchema.parse(item);
}

/** Notes how far counting has come. Gives false when another has noted something since it was read. */
export async function noteRollupCursor(
  table: Pick<Table, 'put'>,
  { cursor, at, gapAt }: RollupCursor,
  before: RollupCursor | undefined,
): Promise<boolean> {
  try {
    await table.put(
      { ...rollupKeys.cursor, cursor, at, ...(gapAt === undefined ? {} : { gapAt }) },
      before === undefined ? { exists: false } : { attribute: 'cursor', equals: before.cursor },
    );
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}
