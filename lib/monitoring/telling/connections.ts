import * as z from 'zod';
import { connectionKeys } from '#table/feed-keys.ts';
import { ConditionFailed, queryAll, type Table } from '#table/table.ts';
import { EventFilterSchema } from '../feed/filter.ts';

/** A client that is connected by something that keeps no state for us. */
export const ConnectionSchema = z.object({
  id: z.string(),
  /** What it has asked for, by the names it has given. */
  subscriptions: z.record(z.string(), EventFilterSchema),
  /** Messages of it that were not understood. */
  faults: z.number().int(),
});

/** A client that is connected. */
export type Connection = z.infer<typeof ConnectionSchema>;

/** API Gateway ends every connection after two hours; its record goes some time after. In seconds. */
const KEEP_SECONDS = 2 * 3_600 + 600;

/** Puts a connection on record; of one that is on record already nothing is lost. `now` in ms. */
export async function noteConnection(table: Table, id: string, now: number): Promise<void> {
  const expiresAt = Math.ceil(now / 1_000) + KEEP_SECONDS;
  const index = { gsi1pk: connectionKeys.all, gsi1sk: id };
  const item = { ...connectionKeys.meta(id), ...index, id, subscriptions: {}, faults: 0, expiresAt };
  try {
    await table.put(item, { exists: false });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}

/** A connection that is on record, or undefined. */
export async function findConnection(table: Table, id: string): Promise<Connection | undefined> {
  const item = await table.get(connectionKeys.meta(id));
  return item === undefined ? undefined : ConnectionSchema.parse(item);
}

/** Changes a connection. Without effect on one that is gone. */
export async function changeConnection(
  table: Table,
  id: string,
  change: Partial<Pick<Connection, 'subscriptions' | 'faults'>>,
): Promise<void> {
  const set = z.record(z.string(), z.json()).parse(change);
  try {
    await table.update({ key: connectionKeys.meta(id), set, condition: { exists: true } });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}

/** Takes a connection from the record. */
export function forgetConnection(table: Table, id: string): Promise<void> {
  return table.delete(connectionKeys.meta(id));
}

/** All connections, as of some milliseconds ago. */
export async function allConnections(table: Table): Promise<readonly Connection[]> {
  const query = { index: 'gsi1', partition: connectionKeys.all, limit: 1_000 } as const;
  return (await Array.fromAsync(queryAll(table, query))).map((item) => ConnectionSchema.parse(item));
}
