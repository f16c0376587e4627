import type { Item, Key, Page, Query, Table, Write } from '#table/table.ts';

/** What DynamoDB bills of the calls of a table. */
export interface Metered {
  readUnits: number;
  writeUnits: number;
}

const READ_UNIT_BYTES = 4_096;
const WRITE_UNIT_BYTES = 1_024;
/** What a write in a transaction counts (Amazon DynamoDB Developer Guide, "Capacity management for transactions"). */
const TRANSACTIONAL = 2;

/**
 * A table that counts the request units of DynamoDB: a strongly consistent read of 4 KB is 1, of an index half of it; a
 * write of 1 KB is 1, twice that in a transaction, and once more for each index that the item is in, comes to or leaves.
 */
export function meteredTable(table: Table): { readonly table: Table; readonly metered: Metered } {
  const metered: Metered = { readUnits: 0, writeUnits: 0 };
  const write = async (key: Key, factor: number, change: () => Promise<unknown>): Promise<void> => {
    const before = await table.get(key);
    await change();
    metered.writeUnits += writeUnits(before, await table.get(key), factor);
  };
  return {
    metered,
    table: {
      get: async (key) => {
        const item = await table.get(key);
        metered.readUnits += readUnits(item === undefined ? [] : [item]);
        return item;
      },
      query: async (query) => {
        const page = await table.query(query);
        metered.readUnits += queryUnits(query, page);
        return page;
      },
      put: (item, condition) => write(item, 1, () => table.put(item, condition)),
      update: async (update) => {
        const before = await table.get(update.key);
        const after = await table.update(update);
        metered.writeUnits += writeUnits(before, after, 1);
        return after;
      },
      delete: (key, condition) => write(key, 1, () => table.delete(key, condition)),
      putAll: async (items) => {
        for (const item of items) await write(item, 1, () => table.putAll([item]));
      },
      transact: async (writes) => {
        const before = await Promise.all(writes.map((one) => table.get(keyOf(one))));
        await table.transact(writes);
        for (const [index, one] of writes.entries()) {
          metered.writeUnits += writeUnits(before[index], await table.get(keyOf(one)), TRANSACTIONAL);
        }
      },
    },
  };
}

function keyOf(write: Write): Key {
  if ('put' in write) return { pk: write.put.pk, sk: write.put.sk };
  if ('update' in write) return write.update.key;
  return 'delete' in write ? write.delete : write.check;
}

function readUnits(items: readonly Item[]): number {
  return Math.max(1, Math.ceil(items.reduce((sum, item) => sum + bytesOf(item), 0) / READ_UNIT_BYTES));
}

function queryUnits({ index = 'table' }: Query, { items }: Page): number {
  return index === 'table' ? readUnits(items) : readUnits(items) / 2;
}

function writeUnits(before: Item | undefined, after: Item | undefined, factor: number): number {
  const own = Math.max(unitsOf(before), unitsOf(after), 1) * factor;
  return own + indexUnits('gsi1', before, after) + indexUnits('gsi2', before, after);
}

/** An index has its own copy of an item: written where its keys stay the same, else taken away and put. */
function indexUnits(index: 'gsi1' | 'gsi2', before: Item | undefined, after: Item | undefined): number {
  const [from, to] = [before, after].map(
    (item) => item?.[`${index}pk`] && `${item[`${index}pk`]} ${item[`${index}sk`]}`,
  );
  if (from === to) return from === undefined ? 0 : Math.max(unitsOf(before), unitsOf(after));
  return (from === undefined ? 0 : unitsOf(before)) + (to === undefined ? 0 : unitsOf(after));
}

function unitsOf(item: Item | undefined): number {
  return item === undefined ? 0 : Math.ceil(bytesOf(item) / WRITE_UNIT_BYTES);
}

function bytesOf(item: Item): number {
  return Buffer.byteLength(JSON.stringify(item));
}
