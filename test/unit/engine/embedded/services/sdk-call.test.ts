import { beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { playWire } from '#support/wire.ts';
import { callAt, callerAt, failureOf, resourceOf, useTestCredentials } from './calls.ts';

beforeAll(useTestCredentials);

const FAILED = { status: 400 };

/** An attribute that is a list in a list in a list. */
function deep(levels: number): Json {
  let value: Json = { S: 'x' };
  for (let level = 0; level < levels; level += 1) value = { L: [value] };
  return { a: value };
}

describe('an SDK integration', () => {
  test('takes PascalCase and gives it, times as ISO 8601, without what came with the answer', async () => {
    await using wire = await playWire({
      body: { executionArn: 'arn:e', startDate: 1_700_000_000 },
    });
    const args = { StateMachineArn: 'arn:m', Input: { a: [1, null] }, Name: 'n' };
    expect(await callAt(wire, 'aws-sdk:sfn:startExecution', args)).toEqual({
      ExecutionArn: 'arn:e',
      StartDate: '2023-11-14T22:13:20Z',
    });
    const [call] = wire.calls;
    expect(call?.headers['x-amz-target']).toBe('AWSStepFunctions.StartExecution');
    expect(JSON.parse(call?.body ?? '')).toEqual({
      stateMachineArn: 'arn:m',
      input: '{"a":[1,null]}',
      name: 'n',
    });
  });

  test('keeps items of DynamoDB as they are, and their bytes as base64', async () => {
    const item = {
      id: { S: 'a' },
      n: { N: '1' },
      b: { B: 'AAE=' },
      l: { L: [{ BOOL: true }] },
      z: { NULL: true },
    };
    await using wire = await playWire({ body: { Item: item } });
    expect(
      await callAt(wire, 'aws-sdk:dynamodb:getItem', { TableName: 't', Key: { id: { S: 'a' } } }),
    ).toEqual({
      Item: item,
    });
    await callAt(wire, 'aws-sdk:dynamodb:putItem', { TableName: 't', Item: item });
    expect(JSON.parse(wire.calls[1]?.body ?? '')).toEqual({ TableName: 't', Item: item });
  });

  test('gives an empty object where the API gives nothing', async () => {
    await using wire = await playWire({ body: {} });
    expect(await callAt(wire, 'aws-sdk:dynamodb:putItem', { TableName: 't', Item: {} })).toEqual({});
  });

  test.each([
    ['text', 'text data', 'text data'],
    ['nothing', '', ''],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0]), '//4A'],
  ])('gives a body of %s', async (_, body, expected) => {
    const headers = { etag: '"e"', 'last-modified': 'Tue, 14 Nov 2023 22:13:20 GMT', 'x-amz-meta-a': 'b' };
    await using wire = await playWire({ body, headers });
    expect(await callAt(wire, 'aws-sdk:s3:getObject', { Bucket: 'b', Key: 'k' })).toEqual({
      Body: expected,
      ContentLength: body.length,
      ETag: '"e"',
      LastModified: '2023-11-14T22:13:20Z',
      Metadata: { a: 'b' },
    });
    expect(wire.calls[0]?.url).toBe('/b/k?x-id=GetObject');
  });

  test('gives up on a body that is larger than a result may be', async () => {
    await using wire = await playWire({ body: Buffer.alloc(262_145) });
    expect(await failureOf(callAt(wire, 'aws-sdk:s3:getObject', { Bucket: 'b', Key: 'k' }))).toEqual({
      name: 'States.DataLimitExceeded',
      cause:
        "The state/task 'getObject' returned a result with a size exceeding the maximum number of bytes service limit.",
    });
  });

  // As recorded on AWS: what is stored is the JSON of the argument, of a text too.
  test.each([
    ['text data', '"text data"'],
    [{ Dict: 'Value' }, '{"Dict":"Value"}'],
    [['List', 'Data'], '["List","Data"]'],
    [false, 'false'],
    [0, '0'],
    [null, 'null'],
  ])('stores the body %j as %s', async (body, stored) => {
    await using wire = await playWire({ body: '', headers: { etag: '"e"' } });
    expect(await callAt(wire, 'aws-sdk:s3:putObject', { Bucket: 'b', Key: 'k', Body: body })).toEqual({
      ETag: '"e"',
    });
    expect(wire.calls[0]?.body).toContain(stored);
  });

  test('sends a token of its own where the API knows one, the same at each dispatch', async () => {
    await using wire = await playWire({ body: {} });
    const args = { Name: 'secret', SecretString: { user: 'u' } };
    await callAt(wire, 'aws-sdk:secretsmanager:createSecret', args);
    await callAt(wire, 'aws-sdk:secretsmanager:createSecret', args);
    await callAt(wire, 'aws-sdk:secretsmanager:createSecret', args, { idempotencyKey: 'run:9' });
    const sent = wire.calls.map(({ body }) => JSON.parse(body));
    expect(sent[0]).toMatchObject({
      SecretString: '{"user":"u"}',
      ClientRequestToken: expect.stringMatching(/^[\w-]{36}$/),
    });
    expect(sent[1].ClientRequestToken).toBe(sent[0].ClientRequestToken);
    expect(sent[2].ClientRequestToken).not.toBe(sent[0].ClientRequestToken);
  });

  test('refuses what is nested deeper than can be read', async () => {
    await using wire = await playWire({ body: {} });
    const call = callAt(wire, 'aws-sdk:dynamodb:putItem', { TableName: 't', Item: deep(20_000) });
    expect((await failureOf(call)).cause).toBe('The arguments of the task are nested too deeply');
  });

  test('takes times, and refuses what is none', async () => {
    await using wire = await playWire({ body: '' });
    const at = (time: Json): Promise<Json> =>
      callAt(wire, 'aws-sdk:s3:getObject', { Bucket: 'b', Key: 'k', IfModifiedSince: time });
    await at('2023-11-14T22:13:20Z');
    expect(wire.calls[0]?.headers['if-modified-since']).toBe('Tue, 14 Nov 2023 22:13:20 GMT');
    for (const time of ['yesterday', true, {}]) {
      expect((await failureOf(at(time))).cause).toContain("'$.IfModifiedSince' must be a time");
    }
  });

  test.each(['x', '', true, [], {}])('refuses %j as a number', async (value) => {
    await using wire = await playWire({ body: {} });
    const failure = await failureOf(callAt(wire, 'aws-sdk:dynamodb:scan', { TableName: 't', Limit: value }));
    expect(failure.cause).toContain(`'$.Limit' must be a number, not ${JSON.stringify(value)}`);
  });

  test('takes numbers and truth that are written as text', async () => {
    await using wire = await playWire({ body: {} });
    await callAt(wire, 'aws-sdk:sqs:receiveMessage', { QueueUrl: 'http://q/1/q', MaxNumberOfMessages: '3' });
    await callAt(wire, 'aws-sdk:dynamodb:query', { TableName: 't', ConsistentRead: 'true', Limit: 2 });
    expect(JSON.parse(wire.calls[0]?.body ?? '')).toMatchObject({ MaxNumberOfMessages: 3 });
    expect(JSON.parse(wire.calls[1]?.body ?? '')).toMatchObject({ ConsistentRead: true, Limit: 2 });
  });

  test.each([
    [
      { TableName: 't', Nam: 1 },
      "The parameter '$.Nam' is not one of PutItemInput, which takes TableName, Item,",
    ],
    [{ TableName: 't', Item: 'x' }, `The parameter '$.Item' must be an object, not "x"`],
    [
      { TableName: 't', Item: { a: { S: 'x', T: 1 } } },
      "The parameter '$.Item.a.T' is not one of AttributeValue",
    ],
    [{ TableName: 't', Item: { a: { L: {} } } }, "The parameter '$.Item.a.L' must be an array, not {}"],
    [
      { TableName: 't', Item: { a: { BOOL: 'maybe' } } },
      `'$.Item.a.BOOL' must be true or false, not "maybe"`,
    ],
    ['x', `The parameter '$' must be an object, not "x"`],
  ])('refuses %.60j before anything is sent', async (args, cause) => {
    await using wire = await playWire({ body: {} });
    const failure = await failureOf(callAt(wire, 'aws-sdk:dynamodb:putItem', args));
    expect(failure).toEqual({ name: 'States.Runtime', cause: expect.stringContaining(cause) });
    expect(wire.calls).toEqual([]);
  });
});

describe('an error', () => {
  const ERRORS = [
    // As recorded on AWS.
    [
      'aws-sdk:dynamodb:putItem',
      { TableName: 't', Item: {} },
      {
        ...FAILED,
        body: {
          __type: 'com.amazonaws.dynamodb.v20120810#ResourceNotFoundException',
          message: 'Requested resource not found',
        },
      },
      'DynamoDb.ResourceNotFoundException',
      'Requested resource not found (Service: DynamoDb, Status Code: 400, Request ID: r-1) (SDK Attempt Count: 1)',
    ],
    [
      'aws-sdk:dynamodb:putItem',
      { TableName: 't', Item: null },
      {
        ...FAILED,
        body: { __type: 'com.amazon.coral.validate#ValidationException', message: '1 validation error' },
      },
      'DynamoDb.DynamoDbException',
      '1 validation error (Service: DynamoDb, Status Code: 400, Request ID: r-1) (SDK Attempt Count: 1)',
    ],
    [
      'aws-sdk:sfn:sendTaskSuccess',
      { TaskToken: 't', Output: {} },
      { ...FAILED, body: { __type: 'InvalidToken', message: "Invalid Token: 'Invalid token'" } },
      'Sfn.InvalidTokenException',
      "Invalid Token: 'Invalid token' (Service: Sfn, Status Code: 400, Request ID: r-1) (SDK Attempt Count: 1)",
    ],
    [
      'aws-sdk:s3:getObject',
      { Bucket: 'b', Key: 'k' },
      {
        status: 404,
        headers: { 'x-amz-request-id': 'r-2', 'x-amz-id-2': 'x' },
        body: '<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>',
      },
      'S3.NoSuchKeyException',
      'The specified key does not exist. (Service: S3, Status Code: 404, Request ID: r-2, Extended Request ID: x) (SDK Attempt Count: 1)',
    ],
    [
      'aws-sdk:secretsmanager:createSecret',
      { Name: '?' },
      { ...FAILED, body: { __type: 'ValidationException', message: 'Invalid name.' } },
      'SecretsManager.SecretsManagerException',
      'Invalid name. (Service: SecretsManager, Status Code: 400, Request ID: r-1) (SDK Attempt Count: 1)',
    ],
  ] as const;

  test.each(ERRORS)(
    'of %s with %j has the name and cause that AWS gives it',
    async (name, args, reply, error, cause) => {
      await using wire = await playWire(reply);
      const failure = await failureOf(callAt(wire, name, args));
      expect({ ...failure, cause: failure.cause.replace('Request ID: r-1,', 'Request ID: r-2,') }).toEqual({
        name: error,
        cause,
      });
    },
  );

  test('of no connection is one of the client', async () => {
    const wire = await playWire({ body: {} });
    await wire[Symbol.asyncDispose]();
    const failure = await failureOf(callAt(wire, 'aws-sdk:dynamodb:listTables', {}));
    expect(failure.name).toBe('DynamoDb.SdkClientException');
    expect(failure.cause).toMatch(/^Unable to execute HTTP request: connect ECONNREFUSED/);
  });

  test('of a call that was given up is that of the signal, and no failure of the service', async () => {
    await using wire = await playWire({ body: {} });
    const controller = new AbortController();
    controller.abort(new Error('enough'));
    const call = callAt(wire, 'aws-sdk:dynamodb:listTables', {}, { signal: controller.signal });
    await expect(call).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('names the package to install for a service whose client is not there', async () => {
    await using wire = await playWire({ body: {} });
    expect(await failureOf(callAt(wire, 'aws-sdk:cloudwatchlogs:describeLogGroups', {}))).toEqual({
      name: 'States.Runtime',
      cause:
        "Calls of 'cloudwatchlogs' need the package @aws-sdk/client-cloudwatch-logs, which is not installed: npm install @aws-sdk/client-cloudwatch-logs",
    });
  });

  test('of a package that is installed later is not remembered', async () => {
    await using wire = await playWire({ body: { TableNames: [] } });
    let installed = false;
    const load = (name: string): Promise<unknown> =>
      installed ? import(name) : Promise.reject(Object.assign(new Error('no'), { code: 'MODULE_NOT_FOUND' }));
    const caller = callerAt(wire, { load });
    const request = {
      ...{ resource: resourceOf('aws-sdk:dynamodb:listTables'), args: {}, idempotencyKey: 'k' },
      signal: new AbortController().signal,
    };
    expect((await failureOf(caller.call(request))).name).toBe('States.Runtime');
    installed = true;
    expect(await caller.call(request)).toEqual({ TableNames: [] });
    await caller.close();
  });

  test.each([
    [Object.assign(new Error('broken'), { code: 'ERR_INVALID' }), 'cannot be loaded: broken'],
    ['broken', 'cannot be loaded: broken'],
    [undefined, 'has no client'],
  ])('of a package that fails with %s says so', async (error, cause) => {
    await using wire = await playWire({ body: {} });
    const load = async (): Promise<unknown> => {
      if (error === undefined) return undefined;
      throw error;
    };
    expect(await failureOf(callAt(wire, 'aws-sdk:x:call', {}, { load }))).toEqual({
      name: 'States.Runtime',
      cause: `The package @aws-sdk/client-x ${cause}`,
    });
  });

  test('of a client from before schemas says that it is too old', async () => {
    await using wire = await playWire({ body: {} });
    class XClient {
      readonly config = { serviceId: 'X' };
      readonly destroy = (): void => undefined;
    }
    class CallCommand {}
    const load = async (): Promise<unknown> => ({ XClient, CallCommand });
    expect((await failureOf(callAt(wire, 'aws-sdk:x:call', {}, { load }))).cause).toBe(
      'The package @aws-sdk/client-x is too old: npm install @aws-sdk/client-x@latest',
    );
  });

  test('of an action that the service does not have says so', async () => {
    await using wire = await playWire({ body: {} });
    expect(await failureOf(callAt(wire, 'aws-sdk:dynamodb:makeCoffee', {}))).toEqual({
      name: 'States.Runtime',
      cause: "The service 'dynamodb' has no action 'makeCoffee'",
    });
  });
});
