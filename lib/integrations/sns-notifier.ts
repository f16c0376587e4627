import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import type { Notification, Notifier } from './notifier.ts';

/** Longest subject of a message (SNS, "Publish"). */
const MAX_SUBJECT = 100;

/**
 * Notifications by one SNS topic. Subscriptions choose by the message attribute `topic`, so that topics of workflows need no
 * deployment.
 */
export class SnsNotifier implements Notifier {
  readonly #client: SNSClient;
  readonly #topicArn: string;

  constructor(client: SNSClient, topicArn: string) {
    this.#client = client;
    this.#topicArn = topicArn;
  }

  async send({ id, topic, subject, message }: Notification): Promise<void> {
    await this.#client.send(
      new PublishCommand({
        TopicArn: this.#topicArn,
        Message: typeof message === 'string' ? message : JSON.stringify(message),
        ...(subject === undefined ? {} : { Subject: oneLine(subject) }),
        MessageAttributes: {
          topic: { DataType: 'String', StringValue: topic },
          id: { DataType: 'String', StringValue: id },
        },
      }),
    );
  }
}

/** SNS refuses line breaks and control characters in subjects, and what is not ASCII. */
function oneLine(subject: string): string {
  return subject.replace(/[^\x20-\x7E]+/g, ' ').slice(0, MAX_SUBJECT);
}
