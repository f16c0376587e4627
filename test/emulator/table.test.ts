import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDbTable } from '#table/dynamodb.ts';
import { emulatorClientConfig } from '../../localstack/stacks.ts';
import { describeTable } from '../contract/table.ts';
import { deployed, describeEmulated } from './stacks.ts';

const TABLE = 'contract';
const KEYS = ['pk', 'sk', 'gsi1pk', 'gsi1sk', 'gsi2pk', 'gsi2sk'];

describeEmulated('on the emulator', () => {
  describeTable(
    'DynamoDB',
    async () => {
      const client = new DynamoDBClient(emulatorClientConfig(deployed().endpoint));
      await client.send(
        new CreateTableCommand({
          TableName: TABLE,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: KEYS.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
          KeySchema: keySchema('pk', 'sk'),
          GlobalSecondaryIndexes: ['gsi1', 'gsi2'].map((IndexName) => ({
            IndexName,
            KeySchema: keySchema(`${IndexName}pk`, `${IndexName}sk`),
            Projection: { ProjectionType: 'ALL' },
          })),
        }),
      );
      return { table: new DynamoDbTable(client, TABLE), close: async () => client.destroy() };
    },
    { propertyRuns: 10 },
  );
});

function keySchema(partition: string, sort: string) {
  return [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
}
