import { SESv2Client, SendEmailCommand } from '@aws-sdk/client-sesv2';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import type { Letter } from '#notifications/send/letter.ts';
import { SesMailer } from '#notifications/send/ses-mailer.ts';
import { SnsTopics } from '#notifications/send/sns-topics.ts';

const region = 'eu-central-1';
const sns = mockClient(SNSClient);
const ses = mockClient(SESv2Client);
beforeEach(() => {
  sns.reset();
  ses.reset();
});

const LETTER: Letter = { id: 'abc', notification: 'e:a:0', topic: 'plant', message: 'done', sentAt: 0 };
const topics = new SnsTopics(new SNSClient({ region }), 'arn:topic');
const mailer = new SesMailer(new SESv2Client({ region }), 'stepwright@example.com');
const MAIL = { id: 'abc', to: 'ada@x.org', subject: 'Well?', text: 'Is it?' };

test.each<[string, Partial<Letter>, string, object]>([
  ['a text', {}, 'done', {}],
  [
    'an object, with its subject in one line',
    { message: { n: 1 }, subject: 'Two\nlines — long'.padEnd(300, 'x') },
    '{"n":1}',
    { Subject: `Two lines   long${'x'.repeat(84)}` },
  ],
  ['a list', { message: [1] satisfies Json }, '[1]', {}],
])('%s goes out through the topic', async (_what, fields, Message, more) => {
  await topics.publish('plant', { ...LETTER, ...fields });
  expect(sns.commandCalls(PublishCommand)[0]?.args[0].input).toEqual({
    ...{ TopicArn: 'arn:topic', Message, ...more },
    MessageAttributes: {
      topic: { DataType: 'String', StringValue: 'plant' },
      id: { DataType: 'String', StringValue: 'e:a:0' },
    },
  });
});

test('a person is told with their link, by an attribute that subscriptions choose by', async () => {
  await topics.publish('approval-links', {
    ...LETTER,
    message: { n: 1 },
    to: 'ada@x.org',
    link: 'https://l',
  });
  expect(sns.commandCalls(PublishCommand)[0]?.args[0].input).toMatchObject({
    Message: '{"n":1,"link":"https://l"}',
    MessageAttributes: { to: { StringValue: 'ada@x.org' } },
  });
});

test('links by which something can be done go out with the link', async () => {
  const actions = [{ verb: 'resume', text: 'Resume', link: 'https://r' }];
  await topics.publish('alerts', { ...LETTER, message: { n: 1 }, link: 'https://l', actions });
  expect(sns.commandCalls(PublishCommand)[0]?.args[0].input.Message).toBe(
    JSON.stringify({ n: 1, link: 'https://l', actions }),
  );
});

test('a mail goes out through SES from the one address', async () => {
  await mailer.send(MAIL);
  expect(ses.commandCalls(SendEmailCommand)[0]?.args[0].input).toMatchObject({
    FromEmailAddress: 'stepwright@example.com',
    Destination: { ToAddresses: ['ada@x.org'] },
    Content: {
      Simple: {
        Subject: { Data: 'Well?' },
        Headers: expect.arrayContaining([{ Name: 'Stepwright-Delivery-Id', Value: 'abc' }]),
      },
    },
  });
});

const fault = (name: string) => Object.assign(new Error('no'), { name });

test.each([
  ['ThrottledException', false],
  ['ServiceUnavailable', false],
  ['TimeoutError', false],
  ['AuthorizationErrorException', true],
  ['AccessDeniedException', true],
  ['NotFoundException', true],
  ['MessageRejected', true],
])('%s of AWS is final: %s', async (name, isFinal) => {
  sns.on(PublishCommand).rejects(fault(name));
  ses.on(SendEmailCommand).rejects(fault(name));
  await expect(topics.publish('plant', LETTER)).rejects.toMatchObject({
    isFinal,
    message: `SNS: ${name}: no`,
  });
  await expect(mailer.send(MAIL)).rejects.toMatchObject({ isFinal, message: `SES: ${name}: no` });
});
