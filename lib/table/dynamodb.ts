import { setTimeout } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { ExpressionBuilder } from './dynamodb-expression.ts';
import { ItemSchema } from './item.ts';
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
} from './table.ts';

const DEFAULT_LIMIT = 100;
/** Items of one BatchWriteItem (DynamoDB, "Service quotas"). */
const BATCH_SIZE = 25;
/** Tries of what DynamoDB did not take, with growing delay. */
const MAX_TRIES = 8;
const FIRST_DELAY_MS = 20;

type TransactItem = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** The table in DynamoDB. */
export class DynamoDbTable implements Table {
  readonly #client: DynamoDBDocumentClient;
  readonly #name: string;

  readonly #pause: (ms: number) => Promise<unknown>;

  /**
   * @param name of the table, whose key is `pk`, `sk` and whose indexes are `gsi1` and `gsi2`.
   * @param pause waits between tries, in ms.
   */
  constructor(client: DynamoDBClient, name: string, pause: (ms: number) => Promise<unknown> = setTimeout) {
    this.#pause = pause;
    this.#client = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
    this.#name = name;
  }

  async get({ pk, sk }: Key): Promise<Item | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#name, Key: { pk, sk }, ConsistentRead: true }),
    );
    return Item === undefined ? undefined : ItemSchema.parse(Item);
  }

  async put(item: Item, condition?: Condition): Promise<void> {
    await conditional(() =>
      this.#client.send(new PutCommand({ TableName: this.#name, Item: item, ...guard(condition) })),
    );
  }

  async update(update: Update): Promise<Item> {
    const { Attributes } = await conditional(() =>
      this.#client.send(new UpdateCommand({ ...this.#updateInput(update), ReturnValues: 'ALL_NEW' })),
    );
    return ItemSchema.parse(Attributes);
  }

  async delete({ pk, sk }: Key, condition?: Condition): Promise<void> {
    await conditional(() =>
      this.#client.send(new DeleteCommand({ TableName: this.#name, Key: { pk, sk }, ...guard(condition) })),
    );
  }

  async transact(writes: readonly Write[]): Promise<void> {
    const TransactItems = writes.map((write) => this.#transactItem(write));
    for (let tries = 1; ; tries++) {
      try {
        await this.#client.send(new TransactWriteCommand({ TransactItems }));
        return;
      } catch (error) {
        if (!(error instanceof TransactionCanceledException)) throw error;
        const reasons = error.CancellationReasons ?? [];
        const failed = reasons.findIndex(({ Code }) => Code === 'ConditionalCheckFailed');
        if (failed >= 0) throw new ConditionFailed(failed, await this.#itemOf(writes[failed]));
        if (!reasons.some(({ Code }) => Code === 'TransactionConflict') || tries === MAX_TRIES) throw error;
        await this.#pause(delayMs(tries));
      }
    }
  }

  async putAll(items: readonly Item[]): Promise<void> {
    for (let start = 0; start < items.length; start += BATCH_SIZE) {
      await this.#putBatch(items.slice(start, start + BATCH_SIZE));
    }
  }

  async query(query: Query): Promise<Page> {
    const { index = 'table', descending = false, limit = DEFAULT_LIMIT, cursor } = query;
    const builder = new ExpressionBuilder();
    const { Items = [], LastEvaluatedKey } = await this.#client.send(
      new QueryCommand({
        TableName: this.#name,
        ...(index === 'table' ? { ConsistentRead: true } : { IndexName: index }),
        KeyConditionExpression: builder.keyCondition(query),
        ...builder.parts(),
        ScanIndexForward: !descending,
        Limit: limit,
        ...(cursor === undefined ? {} : { ExclusiveStartKey: decodeCursor(cursor) }),
      }),
    );
    const items = Items.map((item) => ItemSchema.parse(item));
    if (LastEvaluatedKey === undefined) return { items };
    return { items, cursor: encodeCursor(LastEvaluatedKey) };
  }

  async #putBatch(items: readonly Item[]): Promise<void> {
    let left = items.map((Item) => ({ PutRequest: { Item } }));
    for (let tries = 1; left.length > 0; tries++) {
      const { UnprocessedItems } = await this.#client.send(
        new BatchWriteCommand({ RequestItems: { [this.#name]: left } }),
      );
      left = (UnprocessedItems?.[this.#name] ?? []).flatMap(({ PutRequest }) =>
        PutRequest === undefined ? [] : [{ PutRequest: { Item: ItemSchema.parse(PutRequest.Item) } }],
      );
      if (left.length > 0 && tries === MAX_TRIES) throw new Error(`${left.length} items were not taken`);
      if (left.length > 0) await this.#pause(delayMs(tries));
    }
  }

  #updateInput(update: Update) {
    const builder = new ExpressionBuilder();
    const text = builder.update(update);
    const { pk, sk } = update.key;
    return {
      TableName: this.#name,
      Key: { pk, sk },
      UpdateExpression: text,
      ...(update.condition === undefined
        ? {}
        : { ConditionExpression: builder.condition(update.condition), ...RETURN_OLD }),
      ...builder.parts(),
    };
  }

  #transactItem(write: Write): TransactItem {
    const TableName = this.#name;
    if ('put' in write) return { Put: { TableName, Item: write.put, ...guard(write.condition) } };
    if ('update' in write) return { Update: this.#updateInput(write.update) };
    if ('delete' in write) {
      const { pk, sk } = write.delete;
      return { Delete: { TableName, Key: { pk, sk }, ...guard(write.condition) } };
    }
    const { pk, sk } = write.check;
    return { ConditionCheck: { TableName, Key: { pk, sk }, ...checked(write.condition) } };
  }

  async #itemOf(write: Write | undefined): Promise<Item | undefined> {
    if (write === undefined) return undefined;
    if ('put' in write) return this.get(write.put);
    if ('update' in write) return this.get(write.update.key);
    return this.get('delete' in write ? write.delete : write.check);
  }
}

const RETURN_OLD = { ReturnValuesOnConditionCheckFailure: 'ALL_OLD' } as const;

function guard(condition: Condition | undefined) {
  return condition === undefined ? {} : checked(condition);
}

function checked(condition: Condition) {
  const builder = new ExpressionBuilder();
  return { ConditionExpression: builder.condition(condition), ...RETURN_OLD, ...builder.parts() };
}

async function conditional<Result>(send: () => Promise<Result>): Promise<Result> {
  try {
    return await send();
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    throw new ConditionFailed(0, undefined);
  }
}

/** Full jitter: what collided once does not collide again. */
function delayMs(tries: number): number {
  return Math.random() * FIRST_DELAY_MS * 2 ** tries;
}
