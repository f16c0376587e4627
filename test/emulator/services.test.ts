import { afterAll, beforeAll, expect, test } from 'vitest';
import { systemClock } from '#core/clock.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { guardedHttp } from '#embedded/service-http.ts';
import { NO_CONNECTIONS } from '#engine/embedded/services/http-port.ts';
import { ReaderConfigSchema, readItems } from '#engine/embedded/services/item-reader.ts';
import { readTaskResource } from '#engine/embedded/services/resource.ts';
import { WriterConfigSchema, writeResults } from '#engine/embedded/services/result-writer.ts';
import { S3Objects } from '#engine/embedded/services/s3-objects.ts';
import { SdkServiceCaller } from '#engine/embedded/services/service-caller.ts';
import { emulatorEnvironment } from '../../localstack/stacks.ts';
import { deployed, describeEmulated } from './stacks.ts';

const RUN = `${Date.now()}`;

describeEmulated('service integrations on the emulator', () => {
  let caller: SdkServiceCaller;
  let objects: S3Objects;
  let count = 0;

  beforeAll(() => {
    const environment = emulatorEnvironment(deployed().endpoint);
    // Credentials are the SDK's to find.
    Object.assign(process.env, environment);
    const ports = { clock: systemClock, http: guardedHttp(new Set()), connections: NO_CONNECTIONS };
    caller = new SdkServiceCaller(ports, { environment });
    objects = new S3Objects({ environment });
  });
  afterAll(async () => {
    await caller.close();
    await objects.close();
  });

  async function call(name: string, args: Json): Promise<JsonObject> {
    const read = readTaskResource(`arn:aws:states:::${name}`);
    if ('refused' in read || read.resource.kind === 'activity') throw new Error(JSON.stringify(read));
    count += 1;
    const result = await caller.call({
      ...{ resource: read.resource, args, idempotencyKey: `${RUN}:${count}` },
      signal: AbortSignal.timeout(30_000),
    });
    return isJsonObject(result) ? result : {};
  }

  async function makeQueue(name: string): Promise<{ url: string; arn: string }> {
    const { QueueUrl: url } = await call('aws-sdk:sqs:createQueue', { QueueName: `${name}-${RUN}` });
    const { Attributes: attributes } = await call('aws-sdk:sqs:getQueueAttributes', {
      ...{ QueueUrl: url ?? null, AttributeNames: ['QueueArn'] },
    });
    return { url: String(url), arn: isJsonObject(attributes) ? String(attributes['QueueArn']) : '' };
  }

  async function receive(url: string): Promise<string> {
    const { Messages: messages } = await call('aws-sdk:sqs:receiveMessage', {
      QueueUrl: url,
      WaitTimeSeconds: 10,
    });
    const [message] = Array.isArray(messages) ? messages : [];
    return String(message?.Body);
  }

  test('SQS: a message that is an object comes out as JSON', async () => {
    const { url } = await makeQueue('plain');
    const sent = await call('sqs:sendMessage', { QueueUrl: url, MessageBody: { a: [1] } });
    expect(sent).toMatchObject({ MessageId: expect.any(String), SdkHttpMetadata: { HttpStatusCode: 200 } });
    expect(JSON.parse(await receive(url))).toEqual({ a: [1] });
  });

  test('SNS: what is published arrives in a queue that subscribes', async () => {
    const { url, arn } = await makeQueue('subscriber');
    const { TopicArn: topic } = await call('aws-sdk:sns:createTopic', { Name: `topic-${RUN}` });
    await call('aws-sdk:sns:subscribe', { TopicArn: topic ?? null, Protocol: 'sqs', Endpoint: arn });
    await call('sns:publish', { TopicArn: topic ?? null, Message: { hello: 'world' } });
    expect(JSON.parse(JSON.parse(await receive(url)).Message)).toEqual({ hello: 'world' });
  });

  test('DynamoDB: items come back, and a condition that does not hold fails by its name', async () => {
    const table = `table-${RUN}`;
    await call('aws-sdk:dynamodb:createTable', {
      ...{ TableName: table, BillingMode: 'PAY_PER_REQUEST' },
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    });
    const item = { id: { S: 'a' }, bytes: { B: 'AAE=' }, list: { L: [{ N: '1' }, { NULL: true }] } };
    const once = { TableName: table, Item: item, ConditionExpression: 'attribute_not_exists(id)' };
    await call('dynamodb:putItem', once);
    expect(await call('dynamodb:getItem', { TableName: table, Key: { id: { S: 'a' } } })).toMatchObject({
      Item: item,
    });
    await expect(call('dynamodb:putItem', once)).rejects.toMatchObject({
      name: 'DynamoDB.ConditionalCheckFailedException',
    });
    await expect(call('aws-sdk:dynamodb:putItem', once)).rejects.toMatchObject({
      name: 'DynamoDb.ConditionalCheckFailedException',
    });
  });

  test('EventBridge: an event reaches the queue of a rule', async () => {
    const { url, arn } = await makeQueue('rule');
    const rule = `rule-${RUN}`;
    await call('aws-sdk:eventbridge:putRule', { Name: rule, EventPattern: { source: [`plant.${RUN}`] } });
    await call('aws-sdk:eventbridge:putTargets', { Rule: rule, Targets: [{ Id: 'q', Arn: arn }] });
    const entry = { Source: `plant.${RUN}`, DetailType: 'door', Detail: { open: true } };
    expect(await call('events:putEvents', { Entries: [entry] })).toMatchObject({ FailedEntryCount: 0 });
    expect(JSON.parse(await receive(url))).toMatchObject({ 'detail-type': 'door', detail: { open: true } });
  });

  test('S3: datasets are read, results written, and what is not there fails by its name', async () => {
    const bucket = `bucket-${RUN}`;
    await call('aws-sdk:s3:createBucket', { Bucket: bucket });
    await objects.put(bucket, 'in/rows.csv', 'a,b\n1,2\n"x,y",\n');
    const args = { Bucket: bucket, Key: 'in/rows.csv' };
    const config = ReaderConfigSchema.parse({ InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' });
    const resource = 'arn:aws:states:::s3:getObject';
    expect(await Array.fromAsync(readItems(objects, { resource, args, config }))).toEqual([
      { a: '1', b: '2' },
      { a: 'x,y', b: '' },
    ]);
    const destination = {
      bucket,
      prefix: 'out',
      mapRunArn: 'arn:aws:states:x:1:mapRun:m/l:0a',
      config: WriterConfigSchema.parse({}),
    };
    await writeResults(objects, destination, [{ status: 'SUCCEEDED', input: 1, output: 2 }]);
    const { Body: manifest } = await call('aws-sdk:s3:getObject', {
      Bucket: bucket,
      Key: 'out/0a/manifest.json',
    });
    expect(JSON.parse(String(manifest))).toMatchObject({
      ResultFiles: { SUCCEEDED: [{ Key: 'out/0a/SUCCEEDED_0.json' }] },
    });
    const listed = await Array.fromAsync(objects.list(bucket, ''));
    expect(listed.flat().map(({ key }) => key)).toEqual([
      'in/rows.csv',
      'out/0a/SUCCEEDED_0.json',
      'out/0a/manifest.json',
    ]);
    await expect(call('aws-sdk:s3:getObject', { Bucket: bucket, Key: 'gone' })).rejects.toMatchObject({
      name: 'S3.NoSuchKeyException',
    });
  });

  test('Step Functions: an execution elsewhere is awaited', async () => {
    const definition = { StartAt: 'A', States: { A: { Type: 'Pass', Result: { done: true }, End: true } } };
    const { StateMachineArn: machine } = await call('aws-sdk:sfn:createStateMachine', {
      ...{ Name: `machine-${RUN}`, RoleArn: 'arn:aws:iam::000000000000:role/r', Definition: definition },
    });
    const args = { StateMachineArn: machine ?? null, Input: { a: 1 } };
    expect(await call('states:startExecution.sync:2', args)).toMatchObject({
      ...{ Status: 'SUCCEEDED', Input: { a: 1 }, Output: { done: true } },
    });
  });
});
