import { executionKeys, retentionKeys } from '#table/keys.ts';
import { type Item, queryAll, type Table } from '#table/table.ts';
import { fromExecutionItem, isFinal } from './execution.ts';

/** No execution is older: there was no Stepwright before. */
const FIRST_DAY = '2026-01-01';
const DAY_MS = 86_400_000;
/** DynamoDB takes 100 writes in a transaction. */
const DELETES_AT_ONCE = 50;

/**
 * Deletes the records of executions that ended before a time (ms since the epoch), with their commands and all else in their
 * partitions, day by day. The record itself goes last, so that what is interrupted is found again. Gives how many are gone.
 */
export async function dropOldExecutions(
  { table }: { readonly table: Table },
  before: number,
): Promise<number> {
  const first = await firstDay(table);
  const last = dayOf(before);
  let dropped = 0;
  /** The first day of which something is left. */
  let from: string | undefined;
  for (let day = first; day <= last; day = nextDay(day)) {
    const { gone, left } = await dropOfDay(table, day, before);
    dropped += gone;
    if (left > 0 || day === last) from ??= day;
  }
  if (from !== undefined && from !== first) await table.put({ ...retentionKeys.meta, day: from });
  return dropped;
}

async function firstDay(table: Table): Promise<string> {
  return String((await table.get(retentionKeys.meta))?.['day'] ?? FIRST_DAY);
}

async function dropOfDay(table: Table, day: string, before: number): Promise<{ gone: number; left: number }> {
  let gone = 0;
  let left = 0;
  for await (const item of queryAll(table, { index: 'gsi2', partition: executionKeys.byDay(day) })) {
    const { id, status, endedAt } = fromExecutionItem(item);
    if (isFinal(status) && endedAt !== undefined && endedAt < before) {
      await dropPartition(table, id);
      gone++;
    } else left++;
  }
  return { gone, left };
}

async function dropPartition(table: Table, id: string): Promise<void> {
  const { sk: meta } = executionKeys.meta(id);
  let some: Item[] = [];
  for await (const item of queryAll(table, { partition: executionKeys.partition(id) })) {
    if (item.sk === meta) continue;
    some.push(item);
    if (some.length === DELETES_AT_ONCE) {
      await deleteAll(table, some);
      some = [];
    }
  }
  if (some.length > 0) await deleteAll(table, some);
  await table.delete(executionKeys.meta(id));
}

function deleteAll(table: Table, items: readonly Item[]): Promise<void> {
  return table.transact(items.map(({ pk, sk }) => ({ delete: { pk, sk } })));
}

function dayOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10);
}

function nextDay(day: string): string {
  return dayOf(Date.parse(day) + DAY_MS);
}
