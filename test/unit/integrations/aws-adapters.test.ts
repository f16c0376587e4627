import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { SecretsManagerSecrets } from '#integrations/secrets-manager.ts';
import { SnsNotifier } from '#integrations/sns-notifier.ts';

const region = 'eu-central-1';
const sns = mockClient(SNSClient);
const secretsManager = mockClient(SecretsManagerClient);
beforeEach(() => {
  sns.reset();
  secretsManager.reset();
});

test.each([
  ['a text', 'done', undefined, 'done', undefined],
  [
    'an object',
    { n: 1 },
    'Two\nlines — long'.padEnd(300, 'x'),
    '{"n":1}',
    `Two lines   long${'x'.repeat(84)}`,
  ],
])('%s goes out through the topic', async (_, message, subject, text, line) => {
  const notifier = new SnsNotifier(new SNSClient({ region }), 'arn:topic');
  await notifier.send({ id: 'e:a:0', topic: 'plant', subject, message });
  expect(sns.commandCalls(PublishCommand)[0]?.args[0].input).toEqual({
    TopicArn: 'arn:topic',
    Message: text,
    ...(line === undefined ? {} : { Subject: line }),
    MessageAttributes: {
      topic: { DataType: 'String', StringValue: 'plant' },
      id: { DataType: 'String', StringValue: 'e:a:0' },
    },
  });
});

test('a secret is read under its prefix; one that is not there is undefined', async () => {
  secretsManager
    .on(GetSecretValueCommand, { SecretId: 'stepwright/plant' })
    .resolves({ SecretString: 's3cret' });
  secretsManager
    .on(GetSecretValueCommand, { SecretId: 'stepwright/none' })
    .rejects(new ResourceNotFoundException({ message: 'no', $metadata: {} }));
  secretsManager.on(GetSecretValueCommand, { SecretId: 'stepwright/denied' }).rejects(new Error('denied'));
  const secrets = new SecretsManagerSecrets(new SecretsManagerClient({ region }), 'stepwright/');
  expect(await secrets.read('plant')).toBe('s3cret');
  expect(await secrets.read('none')).toBeUndefined();
  await expect(secrets.read('denied')).rejects.toThrow('denied');
});
