import type { Json, JsonObject } from '#core/json.ts';

/** The primary key of an item. */
export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/**
 * An item: its key, the keys of the indexes it appears in, and its attributes. `expiresAt` (seconds since the Unix
 * epoch, DynamoDB's own TTL unit) lets the store drop it some time after that.
 */
export interface Item extends Key {
  readonly gsi1pk?: string | undefined;
  readonly gsi1sk?: string | undefined;
  readonly gsi2pk?: string | undefined;
  readonly gsi2sk?: string | undefined;
  readonly expiresAt?: number | undefined;
  readonly [attribute: string]: Json | undefined;
}

/** A condition on the item as it is before a write. A missing item has no attributes. */
export type Condition =
  | { readonly exists: boolean }
  | { readonly attribute: string; readonly equals: string | number | boolean }
  | { readonly attribute: string; readonly oneOf: readonly (string | number)[] }
  | { readonly attribute: string; readonly below: number }
  | { readonly attribute: string; readonly present: boolean }
  | { readonly all: readonly Condition[] }
  | { readonly any: readonly Condition[] };

/** A change of single attributes. An update of an item that is not there makes it (as in DynamoDB). */
export interface Update {
  readonly key: Key;
  readonly set?: JsonObject;
  /** Adds to numbers; an absent one counts as 0. */
  readonly add?: Readonly<Record<string, number>>;
  readonly remove?: readonly string[];
  readonly condition?: Condition;
}

/** One write of a transaction. */
export type Write =
  | { readonly put: Item; readonly condition?: Condition }
  | { readonly update: Update }
  | { readonly delete: Key; readonly condition?: Condition }
  | { readonly check: Key; readonly condition: Condition };

/** Where a query looks: the table itself, or one of its two indexes (which on DynamoDB lag behind by milliseconds). */
export type IndexName = 'table' | 'gsi1' | 'gsi2';

/** A query of one partition, by prefix of the sort key, in its order. */
export interface Query {
  readonly index?: IndexName;
  readonly partition: string;
  readonly prefix?: string;
  /** Begin at this sort key, itself counted in, which need not be there; it begins with the prefix where there is one. */
  readonly from?: string;
  /** Sort keys from the highest down. Default false. */
  readonly descending?: boolean;
  /** At most this many items; default 100, at most 1,000. */
  readonly limit?: number;
  /** Go on after a page: its `cursor`. */
  readonly cursor?: string;
}

/** One page of a query; `cursor` is there when there may be more. */
export interface Page {
  readonly items: readonly Item[];
  readonly cursor?: string;
}

/** Thrown when a condition did not hold. Nothing was written. */
export class ConditionFailed extends Error {
  override readonly name = 'ConditionFailed';
  /** Position of the write whose condition failed, in what was given to `transact`; 0 for a single write. */
  readonly index: number;
  /** The item as it was, where there is one. */
  readonly item: Item | undefined;

  constructor(index: number, item: Item | undefined) {
    super(`the condition of write ${index} did not hold`);
    this.index = index;
    this.item = item;
  }
}

/**
 * The one store: a single table with two sparse indexes (`docs/data-model.md`). DynamoDB on AWS, SQLite embedded. When
 * a write's promise resolves, it is durable. Every adapter passes the contract suite in `test/contract/table.ts`.
 */
export interface Table {
  /** The item with this key, as of now (strongly consistent). */
  get(key: Key): Promise<Item | undefined>;
  /** Writes a whole item. Throws {@link ConditionFailed}. */
  put(item: Item, condition?: Condition): Promise<void>;
  /** Changes attributes and returns the item as it is after. Throws {@link ConditionFailed}. */
  update(update: Update): Promise<Item>;
  /** Deletes an item; without effect where there is none. Throws {@link ConditionFailed}. */
  delete(key: Key, condition?: Condition): Promise<void>;
  /** Writes all or nothing: 1 to 100 writes, each of another item. Throws {@link ConditionFailed}. */
  transact(writes: readonly Write[]): Promise<void>;
  /** Writes many whole items, any number, in no order and not as one. */
  putAll(items: readonly Item[]): Promise<void>;
  /** One page of a partition; the table itself is read strongly consistent. */
  query(query: Query): Promise<Page>;
}

/** All items of a query, page by page. */
export async function* queryAll(table: Table, query: Query): AsyncGenerator<Item> {
  let cursor = query.cursor;
  do {
    const page: Page = await table.query(cursor === undefined ? query : { ...query, cursor });
    yield* page.items;
    cursor = page.cursor;
  } while (cursor !== undefined);
}
