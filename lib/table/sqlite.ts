import type { StatementSync } from 'node:sqlite';
import * as z from 'zod';
import type { Database } from '#storage/database.ts';
import { migrate, type Schema } from '#storage/schema.ts';
import { applyUpdate } from './apply-update.ts';
import type { ChangeListener } from './change.ts';
import { holds } from './condition.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { parseItem } from './item.ts';
import {
  type Condition,
  ConditionFailed,
  type IndexName,
  type Item,
  type Key,
  type Page,
  type Query,
  type Table,
  type Update,
  type Write,
} from './table.ts';

/** The table's own tables. */
export const TABLE_SCHEMA: Schema = {
  component: 'table',
  steps: [
    `
  CREATE TABLE IF NOT EXISTS items (
    pk TEXT NOT NULL, sk TEXT NOT NULL,
    gsi1pk TEXT, gsi1sk TEXT, gsi2pk TEXT, gsi2sk TEXT,
    expiresAt INTEGER,
    body TEXT NOT NULL,
    PRIMARY KEY (pk, sk)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS items_gsi1 ON items (gsi1pk, gsi1sk, pk, sk) WHERE gsi1pk IS NOT NULL;
  CREATE INDEX IF NOT EXISTS items_gsi2 ON items (gsi2pk, gsi2sk, pk, sk) WHERE gsi2pk IS NOT NULL;
  CREATE INDEX IF NOT EXISTS items_expiry ON items (expiresAt) WHERE expiresAt IS NOT NULL;
    `,
  ],
};

const RowSchema = z.object({ body: z.string() });
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

/** A key column pair of the table or an index. */
const COLUMNS: Readonly<
  Record<IndexName, readonly [partition: 'pk' | 'gsi1pk' | 'gsi2pk', sort: 'sk' | 'gsi1sk' | 'gsi2sk']>
> = {
  table: ['pk', 'sk'],
  gsi1: ['gsi1pk', 'gsi1sk'],
  gsi2: ['gsi2pk', 'gsi2sk'],
};

/**
 * The table in SQLite. Every write is part of a grouped commit and resolves when that is durable; reads, too, answer only
 * with what is durable, so that nothing is told that a loss of power could take back.
 */
export class SqliteTable implements Table {
  readonly #database: Database;
  readonly #get: StatementSync;
  readonly #put: StatementSync;
  readonly #delete: StatementSync;
  readonly #purge: StatementSync;
  readonly #queries = new Map<string, StatementSync>();
  readonly #changes: ChangeListener | undefined;

  /**
   * Makes the table in the database where it is not there yet.
   *
   * @param changes is told of every change that is made through this object; by default nobody is.
   */
  constructor(database: Database, changes?: ChangeListener) {
    this.#database = database;
    this.#changes = changes;
    migrate(database.sqlite, TABLE_SCHEMA);
    this.#get = database.sqlite.prepare('SELECT body FROM items WHERE pk = ? AND sk = ?');
    this.#put = database.sqlite.prepare(
      'INSERT OR REPLACE INTO items (pk, sk, gsi1pk, gsi1sk, gsi2pk, gsi2sk, expiresAt, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
    );
    this.#delete = database.sqlite.prepare('DELETE FROM items WHERE pk = ? AND sk = ?');
    this.#purge = database.sqlite.prepare('DELETE FROM items WHERE expiresAt <= ?');
  }

  async get(key: Key): Promise<Item | undefined> {
    const item = this.#read(key);
    await this.#database.durable();
    return item;
  }

  async put(item: Item, condition?: Condition): Promise<void> {
    await this.transact([{ put: item, ...(condition === undefined ? {} : { condition }) }]);
  }

  async update(update: Update): Promise<Item> {
    return this.#database.commit(() => {
      const before = this.#read(update.key);
      demand(update.condition, before, 0);
      const after = applyUpdate(update, before);
      this.#write(after, before);
      return after;
    });
  }

  async delete(key: Key, condition?: Condition): Promise<void> {
    await this.transact([{ delete: key, ...(condition === undefined ? {} : { condition }) }]);
  }

  async transact(writes: readonly Write[]): Promise<void> {
    await this.#database.commit(() => {
      const before = writes.map((write, index) => this.#before(write, index));
      for (const [index, write] of writes.entries()) this.#perform(write, before[index]);
    });
  }

  async putAll(items: readonly Item[]): Promise<void> {
    await this.#database.commit(() => {
      for (const item of items)
        this.#write(item, this.#changes?.concerns(item) === true ? this.#read(item) : undefined);
    });
  }

  async query(query: Query): Promise<Page> {
    const limit = Math.min(query.limit ?? DEFAULT_LIMIT, MAX_LIMIT);
    const [partition, sort] = COLUMNS[query.index ?? 'table'];
    const position = query.cursor === undefined ? undefined : decodeCursor(query.cursor);
    const rows = this.#rows(query, position, limit + 1);
    await this.#database.durable();
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    if (rows.length <= limit || last === undefined) return { items };
    return {
      items,
      cursor: encodeCursor({
        partition: String(last[partition]),
        sort: String(last[sort]),
        pk: last.pk,
        sk: last.sk,
      }),
    };
  }

  /** Whether there is an item with this key. Of this adapter alone, for who asks within a group of the database. */
  has(key: Key): boolean {
    return this.#get.get(key.pk, key.sk) !== undefined;
  }

  /** How many items a partition of an index has. Of this adapter alone, for who watches over a server. */
  count(index: Exclude<IndexName, 'table'>, partition: string): number {
    const statement = this.#counter(
      `SELECT count(*) AS count FROM items WHERE ${COLUMNS[index][0]} = ? AND ${COLUMNS[index][0]} IS NOT NULL`,
    );
    return Number(statement.get(partition)?.['count']);
  }

  /** The same, by the value of an attribute. It looks at every item. */
  countBy(
    index: Exclude<IndexName, 'table'>,
    partition: string,
    attribute: string,
  ): Readonly<Record<string, number>> {
    const statement = this.#counter(
      `SELECT json_extract(body, '$.' || ?2) AS value, count(*) AS count FROM items
       WHERE ${COLUMNS[index][0]} = ?1 GROUP BY value`,
    );
    const rows = statement.all(partition, attribute);
    return Object.fromEntries(rows.map(({ value, count }) => [String(value), Number(count)]));
  }

  /** Drops what expired before a time (seconds since the epoch). */
  async purge(nowSeconds: number): Promise<void> {
    await this.#database.commit(() => this.#purge.run(nowSeconds));
  }

  #rows(query: Query, position: Record<string, string> | undefined, limit: number): Item[] {
    const [from, to] = boundsOf(query);
    const statement = this.#statement(
      query.index ?? 'table',
      query.descending === true,
      position !== undefined,
    );
    const after = position === undefined ? [] : orderOf(query.index).map((column) => position[column] ?? '');
    return statement.all(query.partition, from, to, ...after, limit).map(toItem);
  }

  #statement(index: IndexName, descending: boolean, continued: boolean): StatementSync {
    const name = `${index} ${descending} ${continued}`;
    const known = this.#queries.get(name);
    if (known !== undefined) return known;
    const [partition, sort] = COLUMNS[index];
    const order = orderOf(index).map((column) => (column === 'sort' ? sort : column));
    const places = order.map(() => '?').join(', ');
    const beyond = continued ? `AND (${order.join(', ')}) ${descending ? '<' : '>'} (${places})` : '';
    const statement = this.#database.sqlite.prepare(
      `SELECT body FROM items WHERE ${partition} = ? AND ${sort} >= ? AND ${sort} < ? ${beyond}
       ORDER BY ${order.map((column) => `${column} ${descending ? 'DESC' : 'ASC'}`).join(', ')} LIMIT ? + 0`,
    );
    this.#queries.set(name, statement);
    return statement;
  }

  #counter(sql: string): StatementSync {
    const statement = this.#queries.get(sql) ?? this.#database.sqlite.prepare(sql);
    this.#queries.set(sql, statement);
    return statement;
  }

  #read(key: Key): Item | undefined {
    const row = this.#get.get(key.pk, key.sk);
    return row === undefined ? undefined : toItem(row);
  }

  /** The item before a write, where its condition, the write itself or who is told of it asks for that. */
  #before(write: Write, index: number): Item | undefined {
    const key = keyOf(write);
    const condition = 'update' in write ? write.update.condition : write.condition;
    const isNeeded = condition !== undefined || 'update' in write || this.#changes?.concerns(key) === true;
    if (!isNeeded) return undefined;
    const item = this.#read(key);
    demand(condition, item, index);
    return item;
  }

  #write(item: Item, before: Item | undefined): void {
    this.#put.run(
      ...[
        item.pk,
        item.sk,
        item.gsi1pk ?? null,
        item.gsi1sk ?? null,
        item.gsi2pk ?? null,
        item.gsi2sk ?? null,
      ],
      item.expiresAt ?? null,
      JSON.stringify(item),
    );
    this.#tell(item, before, item);
  }

  #perform(write: Write, before: Item | undefined): void {
    if ('put' in write) this.#write(write.put, before);
    else if ('update' in write) this.#write(applyUpdate(write.update, before), before);
    else if ('delete' in write) {
      this.#delete.run(write.delete.pk, write.delete.sk);
      if (before !== undefined) this.#tell(write.delete, before, undefined);
    }
  }

  #tell(key: Key, before: Item | undefined, after: Item | undefined): void {
    if (this.#changes?.concerns(key) === true)
      this.#changes.take({ key, before, after }, (other) => this.#read(other));
  }
}

function demand(condition: Condition | undefined, item: Item | undefined, index: number): void {
  if (condition !== undefined && !holds(condition, item)) throw new ConditionFailed(index, item);
}

/** By what a partition is in order. Were the table's own named further, SQLite would sort what is in order. */
function orderOf(index: IndexName = 'table'): readonly ('sort' | 'pk' | 'sk')[] {
  return index === 'table' ? ['sort'] : ['sort', 'pk', 'sk'];
}

/** The sort keys of a query: at least the first, below the second. */
function boundsOf({ prefix = '', from, descending }: Query): readonly [string, string] {
  const end = `${prefix}\u{10ffff}`;
  if (from === undefined) return [prefix, end];
  return descending === true ? [prefix, `${from}\0`] : [from, end];
}

function keyOf(write: Write): Key {
  if ('put' in write) return write.put;
  if ('update' in write) return write.update.key;
  return 'delete' in write ? write.delete : write.check;
}

function toItem(row: unknown): Item {
  return parseItem(RowSchema.parse(row).body);
}
