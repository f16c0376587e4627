import * as z from 'zod';
import { executionKeys, taskKeys } from '#table/keys.ts';
import { ConditionFailed, queryAll, type Table } from '#table/table.ts';

/** Why a task does not get what it stands in line for. */
const RefusalSchema = z.object({ error: z.string(), cause: z.string() });

/** Why a task does not get what it stands in line for. */
export type Refusal = z.infer<typeof RefusalSchema>;

/** What a task holds of pools, or stands in line for. Times are ms since the Unix epoch. */
export const HoldSchema = z.object({
  /** Id of the task, which is the holder. */
  id: z.string(),
  /** Units by pool. */
  pools: z.record(z.string(), z.number()),
  taskToken: z.string(),
  since: z.number(),
  dueAt: z.number().optional(),
  priority: z.number().optional(),
  /** Those of one priority take turns by their keys. */
  key: z.string().optional(),
  /** Whether all of it has been granted; then the task is told. */
  isHeld: z.boolean(),
  /** When it was. */
  heldAt: z.number().optional(),
  /** Why it is not granted any more; then the task is told. */
  refusal: RefusalSchema.optional(),
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

/** Puts on record that a task asks for units, where nothing is on record of it yet. Gives what is. */
export async function openHold(table: Table, hold: Hold): Promise<Hold> {
  try {
    await table.put({ ...taskKeys.hold(hold.id), ...hold }, { exists: false });
    return hold;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return (await findHold(table, hold.id)) ?? openHold(table, hold);
  }
}

/** Another task waits for the units than before: it is that which is told. */
export async function handOverHold(table: Table, hold: Hold, taskToken: string): Promise<Hold> {
  if (hold.taskToken === taskToken) return hold;
  const key = taskKeys.hold(hold.id);
  return HoldSchema.parse(await table.update({ key, set: { taskToken }, condition: { exists: true } }));
}

/** What becomes of a task in line. */
type Decision = { readonly isHeld: true; readonly heldAt: number } | { readonly refusal: Refusal };

/** Decides what becomes of a task in line, once: false when that has been decided before, or it has left. */
export async function decideHold(table: Table, { id }: Hold, decision: Decision): Promise<boolean> {
  const condition = {
    all: [
      { attribute: 'isHeld', equals: false },
      { attribute: 'refusal', present: false },
    ],
  };
  try {
    await table.update({ key: taskKeys.hold(id), set: decision, condition });
    return true;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return false;
  }
}

/** Everything that an execution holds, or stands in line for. */
export async function* holdsOf(table: Table, execution: string): AsyncGenerator<Hold> {
  const query = { partition: executionKeys.partition(execution), prefix: taskKeys.holdPrefix };
  for await (const item of queryAll(table, query)) yield HoldSchema.parse(item);
}

/** A task, by its id. */
export interface TaskName {
  readonly execution: string;
  readonly path: string;
}

/** The execution and path of a task's id, which is `<execution>:<path>:<attempt>`, perhaps with more behind. */
export function readTaskId(id: string): TaskName {
  const [execution = id, path = ''] = id.split(':');
  return { execution, path };
}
