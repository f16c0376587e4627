import { BatchProcessor, EventType, processPartialResponse } from '@aws-lambda-powertools/batch';
import { SESv2Client } from '@aws-sdk/client-sesv2';
import { SNSClient } from '@aws-sdk/client-sns';
import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { SesMailer } from '#notifications/send/ses-mailer.ts';
import { SnsTopics } from '#notifications/send/sns-topics.ts';
import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createDeliver } from './deliver.ts';

const mailFrom = process.env['MAIL_FROM'];
const deliver = createDeliver(connectPorts(), {
  mailer: mailFrom === undefined ? undefined : new SesMailer(new SESv2Client({}), mailFrom),
  topics: new SnsTopics(new SNSClient({}), process.env['NOTIFICATION_TOPIC_ARN'] ?? ''),
});
const processor = new BatchProcessor(EventType.SQS);

const takeRecord = async ({ body }: SQSRecord): Promise<void> => {
  await deliver(JSON.parse(body));
};

/** Records that fail come again by themselves; the others of the batch do not. */
export const handler = lambdaHandler((event: SQSEvent) =>
  processPartialResponse(event, takeRecord, processor),
);
