import * as z from 'zod';
import { type Json, type JsonObject, JsonObjectSchema, JsonSchema } from '#core/json.ts';
import { eventKeys, taskKeys } from '#table/keys.ts';
import { ConditionFailed, type Item, type Key, queryAll, type Table, type Write } from '#table/table.ts';
import { type Correlation, pathKey, valueAt, valueKey } from './correlation.ts';

/** Something that has happened, told under a name. */
export interface SignalEvent {
  readonly name: string;
  readonly data: Json;
}

const CorrelationSchema: z.ZodType<Correlation> = z.object({
  path: z.array(z.string()).readonly(),
  value: z.union([z.string(), z.number(), z.boolean(), z.null()]),
});

/** A task that waits for an event. Times are ms since the Unix epoch. */
export const EventWaitSchema = z.object({
  /** Id of the task. */
  id: z.string(),
  event: z.string(),
  /** Expression over `$event`, without delimiters. */
  where: z.string().optional(),
  bindings: JsonObjectSchema,
  /** The field of events that it wants, and the value, where `where` tells. */
  correlation: CorrelationSchema.optional(),
  taskToken: z.string(),
  since: z.number(),
  dueAt: z.number().optional(),
  /** What came when the task was gone, whose call may have failed: it is for the one that asks next. */
  missed: z.object({ data: JsonSchema }).optional(),
});

/** A task that waits for an event. */
export type EventWait = z.infer<typeof EventWaitSchema>;

/** Puts a wait where events that it may want find it, and with its execution. */
export async function putWait(table: Table, wait: EventWait): Promise<void> {
  if (wait.correlation !== undefined) await noteField(table, wait.event, wait.correlation.path);
  const pointer = { event: wait.event, id: wait.id, sort: keyOf(wait).sk };
  await table.transact([
    { put: { ...keyOf(wait), ...itemOf(wait) } },
    { put: { ...taskKeys.wait(wait.id), ...pointer } },
  ]);
}

function itemOf({ correlation, ...wait }: EventWait): JsonObject {
  const { path, value } = correlation ?? {};
  const known = value === undefined ? {} : { correlation: { path: [...(path ?? [])], value } };
  return JsonObjectSchema.parse({ ...wait, ...known });
}

function keyOf({ event, id, correlation }: EventWait): Key {
  if (correlation === undefined) return eventKeys.wait(event, id);
  const { path, value } = correlation;
  return eventKeys.correlated(event, { field: pathKey(path), value: valueKey(value) }, id);
}

/** Written once for each field of an event that anybody waits by, and never taken away: there are few of them. */
async function noteField(table: Table, event: string, path: readonly string[]): Promise<void> {
  const key = eventKeys.field(event, pathKey(path));
  if ((await table.get(key)) === undefined) await table.put({ ...key, path: [...path] });
}

/** Keeps what came for a task that has gone with its wait, unless that has been taken away. */
export async function noteMissed(table: Table, wait: EventWait, data: Json): Promise<void> {
  try {
    await table.update({ key: keyOf(wait), set: { missed: { data } }, condition: { exists: true } });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}

/** Takes a wait away. */
export async function deleteWait(table: Table, wait: EventWait): Promise<void> {
  const writes: Write[] = [{ delete: keyOf(wait) }, { delete: taskKeys.wait(wait.id) }];
  await table.transact(writes);
}

/** The wait of a task, or undefined when it waits no more. */
export async function findWait(table: Table, id: string): Promise<EventWait | undefined> {
  const pointer = await table.get(taskKeys.wait(id));
  return pointer === undefined ? undefined : waitOf(table, pointer);
}

/**
 * The waits that may want an event, as of now: those that say nothing of what they want, and those that want a field to have the
 * value that it has. Those that want another value are not looked at.
 */
export async function* waitsFor(table: Table, { name, data }: SignalEvent): AsyncGenerator<EventWait> {
  const partition = eventKeys.partition(name);
  yield* waitsBelow(table, partition, eventKeys.anyPrefix);
  for await (const item of queryAll(table, { partition, prefix: eventKeys.fieldPrefix })) {
    const { path } = FieldSchema.parse(item);
    const found = valueAt(data, path);
    if (found.kind === 'nothing') continue;
    const value = found.kind === 'scalar' ? valueKey(found.value) : undefined;
    yield* waitsBelow(table, partition, eventKeys.correlatedPrefix(pathKey(path), value));
  }
}

const FieldSchema = z.object({ path: z.array(z.string()) });

async function* waitsBelow(table: Table, partition: string, prefix: string): AsyncGenerator<EventWait> {
  for await (const item of queryAll(table, { partition, prefix })) yield EventWaitSchema.parse(item);
}

/** All waits of an execution, as of now. */
export async function* waitsOf(table: Table, execution: string): AsyncGenerator<EventWait> {
  const query = { partition: `EXECUTION#${execution}`, prefix: taskKeys.waitPrefix };
  for await (const pointer of queryAll(table, query)) {
    const wait = await waitOf(table, pointer);
    if (wait !== undefined) yield wait;
  }
}

async function waitOf(table: Table, { event, sort }: Item): Promise<EventWait | undefined> {
  const item = await table.get({ pk: eventKeys.partition(String(event)), sk: String(sort) });
  return item === undefined ? undefined : EventWaitSchema.parse(item);
}
