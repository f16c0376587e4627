import { z } from 'zod';
import { executionKeys, taskKeys } from '#table/keys.ts';
import { queryAll, type Table } from '#table/table.ts';

/** What a task holds of pools, or stands in line for. Times are ms since the Unix epoch. */
export const HoldSchema = z.object({
  /** Id of the task, which is the holder. */
  id: z.string(),
  /** Units by pool. */
  pools: z.record(z.string(), z.number()),
  taskToken: z.string(),
  since: z.number(),
  dueAt: z.number().optional(),
  /** Whether all of it has been granted, and the task has been told. */
  isHeld: z.boolean(),
});

/** What a task holds of pools, or stands in line for. */
export type Hold = z.infer<typeof HoldSchema>;

/** What a task holds; undefined for nothing. */
export async function findHold(table: Table, id: string): Promise<Hold | undefined> {
  const item = await table.get(taskKeys.hold(id));
  return item === undefined ? undefined : HoldSchema.parse(item);
}

/** Puts on record what a task holds. */
export async function putHold(table: Table, hold: Hold): Promise<void> {
  await table.put({ ...taskKeys.hold(hold.id), ...hold });
}

/** Everything that an execution holds, or stands in line for. */
export async function* holdsOf(table: Table, execution: string): AsyncGenerator<Hold> {
  const query = { partition: executionKeys.partition(execution), prefix: taskKeys.holdPrefix };
  for await (const item of queryAll(table, query)) yield HoldSchema.parse(item);
}
