import { beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { VirtualClock } from '#core/virtual-clock.ts';
import { playWire } from '#support/wire.ts';
import { callAt, failureOf, useTestCredentials } from './calls.ts';

beforeAll(useTestCredentials);

/** What an answer carries beside its result. */
const WITH_METADATA = {
  SdkHttpMetadata: expect.objectContaining({
    HttpStatusCode: 200,
    HttpHeaders: expect.objectContaining({ 'x-amzn-RequestId': 'r-1', 'Content-Length': expect.any(String) }),
    AllHttpHeaders: expect.objectContaining({ 'x-amzn-RequestId': ['r-1'] }),
  }),
  SdkResponseMetadata: { RequestId: 'r-1' },
};

const FAILED = { status: 400 };

/** What the SDK calls a structure of two lists of documents. */
const DOCUMENT = [
  3,
  'x',
  'Answer',
  0,
  ['Tasks', 'Failures'],
  [
    [1, 'x', 'List', 0, 15],
    [1, 'x', 'List', 0, 15],
  ],
];

describe('an optimised integration', () => {
  test.each([
    [
      'sqs:sendMessage',
      { QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/q', MessageBody: { a: 1 } },
      { MessageId: 'm', MD5OfMessageBody: 'bb6cb5c68df4652941caf652a366f2d8' },
      { MessageBody: '{"a":1}', QueueUrl: 'https://sqs.eu-west-1.amazonaws.com/1/q' },
    ],
    [
      'dynamodb:updateItem',
      { TableName: 't', Key: { id: { S: 'a' } }, UpdateExpression: 'SET n = :n' },
      { Attributes: { n: { N: '2' } } },
      { TableName: 't', Key: { id: { S: 'a' } }, UpdateExpression: 'SET n = :n' },
    ],
  ])('%s sends JSON as text, and gives what came with the answer', async (name, args, answer, sent) => {
    await using wire = await playWire({ body: answer });
    expect(await callAt(wire, name, args)).toEqual({ ...answer, ...WITH_METADATA });
    expect(JSON.parse(wire.calls[0]?.body ?? '')).toEqual(sent);
    expect(wire.calls[0]?.headers.host).toBe(wire.host);
  });

  test('sns:publish sends an object as its message', async () => {
    const body = '<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>';
    await using wire = await playWire({ body, headers: { 'content-type': 'text/xml' } });
    const result = await callAt(wire, 'sns:publish', { TopicArn: 'arn:t', Message: { Message: 'Hello' } });
    expect(result).toEqual({ MessageId: 'm', ...WITH_METADATA });
    expect(new URLSearchParams(wire.calls[0]?.body).get('Message')).toBe('{"Message":"Hello"}');
  });

  test('events:putEvents gives the answer alone', async () => {
    const answer = { Entries: [{ EventId: 'e' }], FailedEntryCount: 0 };
    await using wire = await playWire({ body: answer });
    const entry = { Source: 's', DetailType: 'd', Detail: { a: 1 } };
    expect(await callAt(wire, 'events:putEvents', { Entries: [entry] })).toEqual(answer);
    expect(JSON.parse(wire.calls[0]?.body ?? '')).toEqual({ Entries: [{ ...entry, Detail: '{"a":1}' }] });
  });

  test('events:putEvents fails when an entry was not taken', async () => {
    const answer = {
      Entries: [{ EventId: 'e' }, { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' }],
      FailedEntryCount: 1,
    };
    await using wire = await playWire({ body: answer });
    const failure = await failureOf(callAt(wire, 'events:putEvents', { Entries: [{ Detail: '{' }, {}] }));
    expect({ ...failure, cause: JSON.parse(failure.cause) }).toEqual({
      name: 'EventBridge.FailedEntry',
      cause: answer,
    });
  });

  test.each<[string, Json, object, string, string]>([
    [
      'dynamodb:putItem',
      { TableName: 't', Item: {} },
      { __type: 'x#ResourceNotFoundException', message: 'Requested resource not found' },
      'DynamoDB.ResourceNotFoundException',
      'Requested resource not found (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ResourceNotFoundException; Request ID: r-1; Proxy: null)',
    ],
    [
      'dynamodb:putItem',
      { TableName: '/t' },
      { __type: 'x#ValidationException', message: 'no' },
      'DynamoDB.AmazonDynamoDBException',
      'no (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ValidationException; Request ID: r-1; Proxy: null)',
    ],
    [
      'dynamodb:putItem',
      { TableName: 't', Item: {} },
      { __type: 'x#ConditionalCheckFailedException', message: 'The conditional request failed' },
      'DynamoDB.ConditionalCheckFailedException',
      'The conditional request failed (Service: AmazonDynamoDBv2; Status Code: 400; Error Code: ConditionalCheckFailedException; Request ID: r-1; Proxy: null)',
    ],
    [
      'sqs:sendMessage',
      { QueueUrl: 'https://sqs/1/q', MessageBody: '' },
      { __type: 'x#MissingParameter', message: 'The request must contain the parameter MessageBody.' },
      'SQS.AmazonSQSException',
      'The request must contain the parameter MessageBody. (Service: AmazonSQS; Status Code: 400; Error Code: MissingParameter; Request ID: r-1; Proxy: null)',
    ],
    [
      'sqs:sendMessage',
      { QueueUrl: 'https://sqs/1/q', MessageBody: 'a' },
      { __type: 'com.amazonaws.sqs#QueueDoesNotExist', message: 'no' },
      'SQS.QueueDoesNotExistException',
      'no (Service: AmazonSQS; Status Code: 400; Error Code: QueueDoesNotExist; Request ID: r-1; Proxy: null)',
    ],
    [
      'states:startExecution',
      { StateMachineArn: 'arn:m' },
      { __type: 'x#StateMachineDoesNotExist', message: 'gone' },
      'StepFunctions.StateMachineDoesNotExistException',
      'gone (Service: AWSStepFunctions; Status Code: 400; Error Code: StateMachineDoesNotExist; Request ID: r-1; Proxy: null)',
    ],
  ])('%s with %j fails as it does on AWS', async (name, args, body, error, cause) => {
    await using wire = await playWire({ ...FAILED, body });
    expect(await failureOf(callAt(wire, name, args))).toEqual({ name: error, cause });
  });

  test('sns:publish to no topic fails as it does on AWS', async () => {
    const body =
      '<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>Topic does not exist</Message></Error><RequestId>r-1</RequestId></ErrorResponse>';
    await using wire = await playWire({ status: 404, body, headers: { 'content-type': 'text/xml' } });
    expect(await failureOf(callAt(wire, 'sns:publish', { TopicArn: 'arn:t', Message: 'm' }))).toEqual({
      name: 'SNS.NotFoundException',
      cause:
        'Topic does not exist (Service: AmazonSNS; Status Code: 404; Error Code: NotFound; Request ID: r-1; Proxy: null)',
    });
  });
});

test.each([
  [{ Tasks: [], Failures: [{ Reason: 'RESOURCE:MEMORY' }] }, 'AmazonECS.Unknown'],
  [{ Tasks: [{ TaskArn: 't' }], Failures: [{ Reason: 'x' }] }, undefined],
])('ecs:runTask with the answer %j fails with %s', async (answer, name) => {
  // The client of ECS is not installed here: this one has an action of its name, and an answer without a schema.
  const operation = [9, 'x', 'RunTask', 0, () => DOCUMENT, () => DOCUMENT];
  class ECSClient {
    readonly config = { serviceId: 'ECS' };
    readonly send = async (): Promise<object> => answer;
    readonly destroy = (): void => undefined;
  }
  class RunTaskCommand {
    readonly schema = operation;
  }
  await using wire = await playWire({ body: {} });
  const call = callAt(wire, 'ecs:runTask', {}, { load: async () => ({ ECSClient, RunTaskCommand }) });
  if (name === undefined) expect(await call).toMatchObject({ SdkHttpMetadata: { HttpStatusCode: 200 } });
  else expect((await failureOf(call)).name).toBe(name);
});

test('ecs:runTask needs the client of ECS, and says what is to be installed', async () => {
  await using wire = await playWire({ body: {} });
  expect(await failureOf(callAt(wire, 'ecs:runTask', {}))).toEqual({
    name: 'States.Runtime',
    cause: expect.stringContaining('npm install @aws-sdk/client-ecs'),
  });
});

describe('a function elsewhere', () => {
  const headers = { 'x-amz-executed-version': '$LATEST' };

  test.each<[Json, string]>([
    [{ a: 1 }, '{"a":1}'],
    ['text', '"text"'],
    [null, 'null'],
    [[], '[]'],
  ])('is called with %j as JSON, and its answer is JSON again', async (payload, written) => {
    await using wire = await playWire((call) => ({ body: call.body, headers }));
    expect(await callAt(wire, 'lambda:invoke', { FunctionName: 'f', Payload: payload })).toEqual({
      ...{ ExecutedVersion: '$LATEST', Payload: payload, StatusCode: 200 },
      ...WITH_METADATA,
    });
    expect(wire.calls[0]).toMatchObject({ url: '/2015-03-31/functions/f/invocations', body: written });
  });

  test('is called by its ARN with the input, and gives its answer alone', async () => {
    await using wire = await playWire((call) => ({ body: call.body, headers }));
    expect(await callAt(wire, 'arn:aws:lambda:us-east-1:1:function:f', { a: 1 })).toEqual({ a: 1 });
    expect(await callAt(wire, 'arn:aws:lambda:us-east-1:1:function:f', null)).toBeNull();
  });

  test.each([
    ['what it threw', '{"errorMessage":"","errorType":"CustomException"}', 'CustomException'],
    ['nothing', '{"errorMessage":"Task timed out"}', 'Lambda.Unknown'],
    ['what is no JSON', 'RequestId: 1 Error', 'Lambda.Unknown'],
  ])('that fails with %s fails the task', async (_, body, name) => {
    await using wire = await playWire({ body, headers: { ...headers, 'x-amz-function-error': 'Unhandled' } });
    const failure = await failureOf(callAt(wire, 'lambda:invoke', { FunctionName: 'f', Payload: {} }));
    expect(failure).toEqual({ name, cause: expect.stringContaining(body) });
  });

  test('that is not there fails as it does on AWS', async () => {
    await using wire = await playWire({
      status: 404,
      headers: { 'x-amzn-errortype': 'ResourceNotFoundException' },
      body: { Type: 'User', Message: 'Function not found: f' },
    });
    expect(await failureOf(callAt(wire, 'lambda:invoke', { FunctionName: 'f' }))).toEqual({
      name: 'Lambda.ResourceNotFoundException',
      cause:
        'Function not found: f (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; Request ID: r-1; Proxy: null)',
    });
  });
});

describe('an execution elsewhere', () => {
  const STARTED = { body: { executionArn: 'arn:e', startDate: 1_700_000_000.5 } };
  const told = (status: string): { body: object } => ({
    body: {
      ...{ executionArn: 'arn:e', stateMachineArn: 'arn:m', name: 'n', status, input: '{"a":1}' },
      ...(status === 'SUCCEEDED' ? { output: '[2]', outputDetails: { included: true } } : {}),
      ...(status === 'FAILED' ? { error: 'E', cause: 'c' } : {}),
      startDate: 1_700_000_000.5,
    },
  });

  /** Lets time pass until a call has ended. */
  async function passing<T>(clock: VirtualClock, call: Promise<T>): Promise<T> {
    let ended = false;
    const over = call.finally(() => {
      ended = true;
    });
    over.catch(() => undefined);
    while (!ended) {
      await new Promise((resolve) => setImmediate(resolve));
      await clock.advanceToNext();
    }
    return over;
  }

  test('is started under a name that each dispatch of the task has', async () => {
    await using wire = await playWire(STARTED);
    const result = await callAt(wire, 'states:startExecution', { StateMachineArn: 'arn:m', Input: { a: 1 } });
    expect(result).toEqual({ ExecutionArn: 'arn:e', StartDate: 1_700_000_000_500, ...WITH_METADATA });
    expect(JSON.parse(wire.calls[0]?.body ?? '')).toEqual({
      ...{ stateMachineArn: 'arn:m', input: '{"a":1}', name: 'run-4' },
    });
  });

  test.each<[string, Json, Json]>([
    ['sync', '{"a":1}', '[2]'],
    ['sync:2', { a: 1 }, [2]],
  ])('is awaited by .%s, which tells its documents in its own way', async (pattern, input, output) => {
    const clock = new VirtualClock();
    await using wire = await playWire(STARTED, told('RUNNING'), told('RUNNING'), told('SUCCEEDED'));
    const submitted: Json[] = [];
    const call = callAt(
      wire,
      `states:startExecution.${pattern}`,
      { StateMachineArn: 'arn:m' },
      {
        clock,
        onSubmitted: (answer) => void submitted.push(answer),
      },
    );
    expect(await passing(clock, call)).toEqual({
      ...{ ExecutionArn: 'arn:e', StateMachineArn: 'arn:m', Name: 'n', Status: 'SUCCEEDED' },
      ...{ Input: input, Output: output, OutputDetails: { Included: true }, StartDate: 1_700_000_000_500 },
    });
    expect(submitted).toEqual([{ ExecutionArn: 'arn:e', StartDate: 1_700_000_000_500, ...WITH_METADATA }]);
    expect(wire.calls).toHaveLength(4);
    expect(clock.now()).toBe(2_500);
  });

  test('that was started before a crash is not started again', async () => {
    const clock = new VirtualClock();
    await using wire = await playWire(told('SUCCEEDED'));
    const call = callAt(
      wire,
      'states:startExecution.sync',
      { StateMachineArn: 'arn:m' },
      {
        ...{ clock, submitted: { ExecutionArn: 'arn:e' } },
      },
    );
    expect(await call).toMatchObject({ Status: 'SUCCEEDED' });
    expect(wire.calls.map(({ headers }) => headers['x-amz-target'])).toEqual([
      'AWSStepFunctions.DescribeExecution',
    ]);
  });

  const TAKEN = { status: 400, body: { __type: 'x#ExecutionAlreadyExists', message: 'there' } };
  const FAR = { StateMachineArn: 'arn:aws:states:us-east-1:1:stateMachine:far:prod' };

  test('that a dispatch before a crash started, and that has ended, is found by its name', async () => {
    await using wire = await playWire(TAKEN, told('SUCCEEDED'));
    expect(await callAt(wire, 'states:startExecution.sync', FAR)).toMatchObject({ Status: 'SUCCEEDED' });
    expect(JSON.parse(wire.calls[1]?.body ?? '')).toEqual({
      executionArn: 'arn:aws:states:us-east-1:1:execution:far:run-4',
    });
  });

  test('under a name that the machine gives is the business of the machine', async () => {
    await using wire = await playWire(TAKEN);
    const failure = await failureOf(callAt(wire, 'states:startExecution', { ...FAR, Name: 'mine' }));
    expect(failure.name).toBe('StepFunctions.ExecutionAlreadyExistsException');
  });

  test('that fails, fails the task with what is told of it', async () => {
    await using wire = await playWire(STARTED, told('FAILED'));
    const failure = await failureOf(
      callAt(wire, 'states:startExecution.sync:2', { StateMachineArn: 'arn:m' }),
    );
    expect(failure.name).toBe('States.TaskFailed');
    expect(JSON.parse(failure.cause)).toMatchObject({
      Status: 'FAILED',
      Error: 'E',
      Cause: 'c',
      Input: { a: 1 },
    });
  });

  test('that nobody waits for any more is stopped', async () => {
    const clock = new VirtualClock();
    const controller = new AbortController();
    await using wire = await playWire(STARTED, told('RUNNING'), { body: { stopDate: 1 } });
    const call = callAt(
      wire,
      'states:startExecution.sync',
      { StateMachineArn: 'arn:m' },
      {
        ...{ clock, signal: controller.signal },
      },
    );
    const failed = expect(call).rejects.toThrow('not wanted');
    await expect.poll(() => wire.calls.length).toBe(2);
    controller.abort(new Error('not wanted'));
    await failed;
    expect(wire.calls[2]?.headers['x-amz-target']).toBe('AWSStepFunctions.StopExecution');
    expect(JSON.parse(wire.calls[2]?.body ?? '')).toMatchObject({ executionArn: 'arn:e' });
  });
});
