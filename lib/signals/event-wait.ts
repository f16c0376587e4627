import { z } from 'zod';
import { JsonObjectSchema } from '#core/json.ts';
import { eventKeys, taskKeys } from '#table/keys.ts';
import { type Item, queryAll, type Table, type Write } from '#table/table.ts';

/** A task that waits for an event. Times are ms since the Unix epoch. */
export const EventWaitSchema = z.object({
  /** Id of the task. */
  id: z.string(),
  event: z.string(),
  /** Expression over `$event`, without delimiters. */
  where: z.string().optional(),
  bindings: JsonObjectSchema,
  taskToken: z.string(),
  since: z.number(),
  dueAt: z.number().optional(),
});

/** A task that waits for an event. */
export type EventWait = z.infer<typeof EventWaitSchema>;

/** Puts a wait where events of its name find it, and with its execution. */
export async function putWait(table: Table, wait: EventWait): Promise<void> {
  await table.transact([
    { put: { ...eventKeys.wait(wait.event, wait.id), ...wait } },
    { put: { ...taskKeys.wait(wait.id), event: wait.event, id: wait.id } },
  ]);
}

/** Takes a wait away. */
export async function deleteWait(
  table: Table,
  { id, event }: Pick<EventWait, 'id' | 'event'>,
): Promise<void> {
  const writes: Write[] = [{ delete: eventKeys.wait(event, id) }, { delete: taskKeys.wait(id) }];
  await table.transact(writes);
}

/** The wait of a task, or undefined when it waits no more. */
export async function findWait(table: Table, id: string): Promise<EventWait | undefined> {
  const pointer = await table.get(taskKeys.wait(id));
  return pointer === undefined ? undefined : waitOf(table, pointer);
}

/** All waits for an event of this name, as of now. */
export async function* waitsFor(table: Table, event: string): AsyncGenerator<EventWait> {
  for await (const item of queryAll(table, { partition: eventKeys.partition(event) })) {
    yield EventWaitSchema.parse(item);
  }
}

/** All waits of an execution, as of now. */
export async function* waitsOf(table: Table, execution: string): AsyncGenerator<EventWait> {
  const query = { partition: `EXECUTION#${execution}`, prefix: taskKeys.waitPrefix };
  for await (const pointer of queryAll(table, query)) {
    const wait = await waitOf(table, pointer);
    if (wait !== undefined) yield wait;
  }
}

async function waitOf(table: Table, pointer: Item): Promise<EventWait | undefined> {
  const item = await table.get(eventKeys.wait(String(pointer['event']), String(pointer['id'])));
  return item === undefined ? undefined : EventWaitSchema.parse(item);
}
