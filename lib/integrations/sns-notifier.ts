import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { Notification, Notifier } from './notifier.ts';

/** Longest subject of a message (SNS, "Publish"). */
const MAX_SUBJECT = 100;

/**
 * Notifications by one SNS topic. Subscriptions choose by the message attributes `topic` and `to`, so that topics of workflows
 * need no deployment.
 */
export class SnsNotifier implements Notifier {
  readonly #client: SNSClient;
  readonly #topicArn: string;

  constructor(client: SNSClient, topicArn: string) {
    this.#client = client;
    this.#topicArn = topicArn;
  }

  async send({ id, topic, subject, message, to, confidential }: Notification): Promise<void> {
    await this.#client.send(
      new PublishCommand({
        TopicArn: this.#topicArn,
        Message: textOf(message, confidential),
        ...(subject === undefined ? {} : { Subject: oneLine(subject) }),
        MessageAttributes: {
          topic: { DataType: 'String', StringValue: topic },
          id: { DataType: 'String', StringValue: id },
          ...(to === undefined ? {} : { to: { DataType: 'String', StringValue: to } }),
        },
      }),
    );
  }
}

function textOf(message: Json, confidential: JsonObject = {}): string {
  if (isJsonObject(message)) return JSON.stringify({ ...message, ...confidential });
  return typeof message === 'string' ? message : JSON.stringify(message);
}

/** SNS refuses line breaks and control characters in subjects, and what is not ASCII. */
function oneLine(subject: string): string {
  return subject.replace(/[^\x20-\x7E]+/g, ' ').slice(0, MAX_SUBJECT);
}
