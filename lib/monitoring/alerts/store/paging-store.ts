import { alertKeys } from '#table/alert-keys.ts';
import { ConditionFailed, type Item, queryAll, type Table } from '#table/table.ts';
import { type Paging, PagingSchema } from '../records/paging-record.ts';

/** How long pagings stay on record after they are over, in seconds. */
const KEEP_SECONDS = 7 * 86_400;

function toItem(paging: Paging): Item {
  const isOver = paging.status === 'CLOSED' && paging.outbox.length === 0;
  const endedAt = paging.toldAt ?? paging.startedAt;
  return {
    ...alertKeys.paging(paging.key),
    ...(isOver
      ? { expiresAt: Math.floor(endedAt / 1_000) + KEEP_SECONDS }
      : { gsi1pk: alertKeys.openPagings, gsi1sk: paging.key }),
    ...paging,
  };
}

/**
 * Puts a paging on record that was made of the revision before, or in the place of one that is over. Gives what is on record where
 * somebody else has written meanwhile.
 */
export async function putPaging(table: Table, paging: Paging): Promise<Paging | undefined> {
  const { id, revision } = paging;
  const isNew = { any: [{ exists: false }, { attribute: 'status', equals: 'CLOSED' }] } as const;
  const isNext = {
    all: [
      { attribute: 'id', equals: id },
      { attribute: 'revision', equals: revision - 1 },
    ],
  } as const;
  try {
    await table.put(toItem(paging), revision <= 1 ? { any: [isNew, isNext] } : isNext);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    // Not every store says what stood in the way.
    return error.item === undefined ? findPaging(table, paging.key) : PagingSchema.parse(error.item);
  }
}

/** A paging by its key, or undefined where there is none. */
export async function findPaging(table: Table, key: string): Promise<Paging | undefined> {
  const item = await table.get(alertKeys.paging(key));
  return item === undefined ? undefined : PagingSchema.parse(item);
}

/** Every paging that is not over, or not sent yet. */
export async function openPagings(table: Table): Promise<readonly Paging[]> {
  const pagings: Paging[] = [];
  for await (const item of queryAll(table, { index: 'gsi1', partition: alertKeys.openPagings, limit: 1_000 }))
    pagings.push(PagingSchema.parse(item));
  return pagings;
}
