import { DescribeEndpointCommand, IoTClient } from '@aws-sdk/client-iot';
import { IoTDataPlaneClient, PublishCommand } from '@aws-sdk/client-iot-data-plane';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { VirtualClock } from '#core/virtual-clock.ts';
import { SqsDeadlines } from '#deadlines/sqs.ts';
import { connectIotCore, IotCoreTransport } from '#devices/transport/iot-core.ts';

const sqs = mockClient(SQSClient);
const iotData = mockClient(IoTDataPlaneClient);
const iot = mockClient(IoTClient);
beforeEach(() => {
  sqs.reset();
  iotData.reset();
  iot.reset();
});

const region = 'eu-central-1';

const QUEUES = { all: 'https://queue', delivery: 'https://deliveries' };

test('deliveries wait in a queue of their own', async () => {
  const deadlines = new SqsDeadlines(new SQSClient({ region }), QUEUES, new VirtualClock(0));
  await deadlines.schedule({ kind: 'delivery', id: 'ops e:a:0' }, 0);
  const [call] = sqs.commandCalls(SendMessageCommand);
  expect(call?.args[0].input).toMatchObject({ QueueUrl: 'https://deliveries' });
});

test.each([
  ['in a moment', 1_500, 2],
  ['now', 0, 0],
  ['long ago', -60_000, 0],
  ['as far as SQS waits', 900_000, 900],
  ['tomorrow', 86_400_000, 900],
])('a deadline %s is a message with its delay', async (_when, inMs, DelaySeconds) => {
  const clock = new VirtualClock(1_000_000);
  const deadlines = new SqsDeadlines(new SQSClient({ region }), QUEUES, clock);
  await deadlines.schedule({ kind: 'command', id: 'e:a:0' }, 1_000_000 + inMs);
  const [call] = sqs.commandCalls(SendMessageCommand);
  expect(call?.args[0].input).toEqual({
    QueueUrl: 'https://queue',
    MessageBody: '{"kind":"command","id":"e:a:0"}',
    DelaySeconds,
  });
});

const MESSAGE = { id: 'e:a:0', command: 'ping', with: {}, issuedAt: 1, timeoutMs: 2 };

test('a command is published on the topic of its device, at least once', async () => {
  await new IotCoreTransport(new IoTDataPlaneClient({ region })).send('pump-1', MESSAGE);
  const [call] = iotData.commandCalls(PublishCommand);
  expect(call?.args[0].input).toMatchObject({ topic: 'stepwright/devices/pump-1/commands', qos: 1 });
  expect(JSON.parse(String(call?.args[0].input.payload))).toEqual(MESSAGE);
});

test('a command that cannot be published is told', async () => {
  iotData.on(PublishCommand).rejects(new Error('throttled'));
  const sent = new IotCoreTransport(new IoTDataPlaneClient({ region })).send('pump-1', MESSAGE);
  await expect(sent).rejects.toThrow('throttled');
});

test('the endpoint of the account is asked for, where none is given', async () => {
  process.env['AWS_REGION'] ??= region;
  iot.on(DescribeEndpointCommand).resolves({ endpointAddress: 'abc-ats.iot.eu-central-1.amazonaws.com' });
  await connectIotCore(undefined);
  expect(iot.commandCalls(DescribeEndpointCommand)[0]?.args[0].input).toEqual({
    endpointType: 'iot:Data-ATS',
  });
  await connectIotCore('http://127.0.0.1:4566');
  expect(iot.commandCalls(DescribeEndpointCommand)).toHaveLength(1);
});
