import type { Random } from '#core/random.ts';
import { applyUpdate } from '#table/apply-update.ts';
import { holds } from '#table/condition.ts';
import { decodeCursor, encodeCursor } from '#table/cursor.ts';
import {
  type Condition,
  ConditionFailed,
  type Item,
  type Key,
  type Page,
  type Query,
  type Table,
  type Update,
  type Write,
} from '#table/table.ts';

const COLUMNS = { table: ['pk', 'sk'], gsi1: ['gsi1pk', 'gsi1sk'], gsi2: ['gsi2pk', 'gsi2sk'] } as const;

/** A table in memory, held to the contract of all tables: for properties over thousands of seeds, which wait for no disk. */
export class MemoryTable implements Table {
  /** By partition and sort key, each item as its text, so that nobody changes what is kept. */
  readonly #partitions = new Map<string, Map<string, string>>();

  async get(key: Key): Promise<Item | undefined> {
    return this.#read(key);
  }

  async put(item: Item, condition?: Condition): Promise<void> {
    await this.transact([{ put: item, ...(condition === undefined ? {} : { condition }) }]);
  }

  async update(update: Update): Promise<Item> {
    await this.transact([{ update }]);
    return applyUpdate({ key: update.key }, this.#read(update.key));
  }

  async delete(key: Key, condition?: Condition): Promise<void> {
    await this.transact([{ delete: key, ...(condition === undefined ? {} : { condition }) }]);
  }

  async transact(writes: readonly Write[]): Promise<void> {
    for (const [index, write] of writes.entries()) {
      const condition = 'update' in write ? write.update.condition : write.condition;
      const item = this.#read(keyOf(write));
      if (condition !== undefined && !holds(condition, item)) throw new ConditionFailed(index, item);
    }
    for (const write of writes) {
      if ('put' in write) this.#write(write.put);
      else if ('update' in write) this.#write(applyUpdate(write.update, this.#read(write.update.key)));
      else if ('delete' in write) this.#partitions.get(write.delete.pk)?.delete(write.delete.sk);
    }
  }

  async putAll(items: readonly Item[]): Promise<void> {
    for (const item of items) this.#write(item);
  }

  async query({
    index = 'table',
    partition,
    prefix = '',
    from,
    descending = false,
    limit = 100,
    cursor,
  }: Query): Promise<Page> {
    const [partitionColumn, sortColumn] = COLUMNS[index];
    const kept = index === 'table' ? [this.#partitions.get(partition)] : this.#partitions.values();
    const found: Item[] = [];
    const isWithin = (sk: string): boolean =>
      sk.startsWith(prefix) &&
      (from === undefined || (descending ? compare(sk, from) <= 0 : compare(sk, from) >= 0));
    for (const items of kept) {
      for (const [sk, text] of items ?? []) {
        if (index === 'table' && !isWithin(sk)) continue;
        const item: Item = JSON.parse(text);
        const sort = item[sortColumn];
        if (item[partitionColumn] === partition && sort !== undefined && isWithin(sort)) found.push(item);
      }
    }
    const placeOf = (item: Item): string => `${item[sortColumn]}\0${item.pk}\0${item.sk}`;
    const direction = descending ? -1 : 1;
    found.sort((one, other) => direction * compare(placeOf(one), placeOf(other)));
    const after = cursor === undefined ? undefined : decodeCursor(cursor)['after'];
    const rest =
      after === undefined ? found : found.filter((item) => direction * compare(placeOf(item), after) > 0);
    const items = rest.slice(0, Math.min(limit, 1_000));
    const last = items.at(-1);
    if (last === undefined || rest.length === items.length) return { items };
    return { items, cursor: encodeCursor({ after: placeOf(last) }) };
  }

  #read(key: Key): Item | undefined {
    const text = this.#partitions.get(key.pk)?.get(key.sk);
    return text === undefined ? undefined : JSON.parse(text);
  }

  #write(item: Item): void {
    const items = this.#partitions.get(item.pk) ?? new Map<string, string>();
    this.#partitions.set(item.pk, items);
    items.set(item.sk, JSON.stringify(item));
  }
}

function keyOf(write: Write): Key {
  if ('put' in write) return write.put;
  if ('update' in write) return write.update.key;
  return 'delete' in write ? write.delete : write.check;
}

/** By code points, as UTF-8 sorts. */
function compare(one: string, other: string): number {
  return Buffer.compare(Buffer.from(one), Buffer.from(other));
}

/** A table each of whose calls takes another time, so that calls that are made at once come in every order. */
export function unsteadyTable(table: Table, random: Random): Table {
  const pause = async (): Promise<void> => {
    for (let turns = Math.floor(random() * 6); turns > 0; turns--) await undefined;
  };
  const after = async <T>(call: () => Promise<T>): Promise<T> => {
    await pause();
    const result = await call();
    await pause();
    return result;
  };
  return {
    get: (key) => after(() => table.get(key)),
    put: (item, condition) => after(() => table.put(item, condition)),
    update: (update) => after(() => table.update(update)),
    delete: (key, condition) => after(() => table.delete(key, condition)),
    transact: (writes) => after(() => table.transact(writes)),
    putAll: (items) => after(() => table.putAll(items)),
    query: (query) => after(() => table.query(query)),
  };
}
