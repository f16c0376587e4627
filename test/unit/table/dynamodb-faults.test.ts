import { DynamoDBClient, TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import {
  BatchWriteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DynamoDbTable } from '#table/dynamodb.ts';
import { ConditionFailed } from '#table/table.ts';

const documents = mockClient(DynamoDBDocumentClient);
let table: DynamoDbTable;
let pauses: number[] = [];
beforeEach(() => {
  pauses = [];
  documents.reset();
  table = new DynamoDbTable(
    new DynamoDBClient({ region: 'eu-central-1' }),
    'table',
    async (ms) => void pauses.push(ms),
  );
});
afterEach(() => documents.reset());

function cancelled(...codes: string[]): TransactionCanceledException {
  return new TransactionCanceledException({
    $metadata: {},
    message: 'cancelled',
    CancellationReasons: codes.map((Code) => ({ Code })),
  });
}

const WRITES = [{ put: { pk: 'P', sk: 'a' } }, { put: { pk: 'P', sk: 'b' } }];

test('a transaction that collides with another is tried again', async () => {
  documents.on(TransactWriteCommand).rejectsOnce(cancelled('None', 'TransactionConflict')).resolves({});
  await table.transact(WRITES);
  expect(documents.commandCalls(TransactWriteCommand)).toHaveLength(2);
});

test('a transaction that collides for ever is given up', async () => {
  documents.on(TransactWriteCommand).rejects(cancelled('TransactionConflict', 'None'));
  await expect(table.transact(WRITES)).rejects.toBeInstanceOf(TransactionCanceledException);
  expect(documents.commandCalls(TransactWriteCommand)).toHaveLength(8);
  expect(pauses).toHaveLength(7);
  for (const [at, ms] of pauses.entries()) expect(ms).toBeLessThanOrEqual(40 * 2 ** at);
});

test('a condition that does not hold is told before a collision, with the item as it is', async () => {
  documents.on(TransactWriteCommand).rejects(cancelled('TransactionConflict', 'ConditionalCheckFailed'));
  documents.on(GetCommand).resolves({ Item: { pk: 'P', sk: 'b', n: 1 } });
  const failure = await table.transact(WRITES).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ConditionFailed);
  expect(failure).toMatchObject({ index: 1, item: { n: 1 } });
});

test('what else cancels a transaction is thrown as it is', async () => {
  documents.on(TransactWriteCommand).rejects(cancelled('ThrottlingError', 'None'));
  await expect(table.transact(WRITES)).rejects.toThrow('cancelled');
  expect(documents.commandCalls(TransactWriteCommand)).toHaveLength(1);
});

test('items that a batch does not take are sent again, 25 at once', async () => {
  const items = Array.from({ length: 30 }, (_, at) => ({ pk: 'P', sk: `${at}` }));
  documents
    .on(BatchWriteCommand)
    .resolvesOnce({ UnprocessedItems: { table: [{ PutRequest: { Item: { pk: 'P', sk: '3' } } }] } })
    .resolves({});
  await table.putAll(items);
  const sent = documents
    .commandCalls(BatchWriteCommand)
    .map(({ args }) => args[0].input.RequestItems?.['table']?.length);
  expect(sent).toEqual([25, 1, 5]);
});

test('items that are never taken are told', async () => {
  const UnprocessedItems = { table: [{ PutRequest: { Item: { pk: 'P', sk: 'a' } } }] };
  documents.on(BatchWriteCommand).resolves({ UnprocessedItems });
  await expect(table.putAll([{ pk: 'P', sk: 'a' }])).rejects.toThrow('1 items were not taken');
});
