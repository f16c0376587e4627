import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { isJsonObject } from '#core/json.ts';
import { awsFailure } from './aws-failure.ts';
import type { Letter } from './letter.ts';
import type { TopicPublisher } from './topics.ts';

/** Longest subject of a message (SNS, "Publish"). */
const MAX_SUBJECT = 100;

/**
 * Topics by one SNS topic. Subscriptions choose by the message attributes `topic` and `to`, so that topics of workflows
 * need no deployment.
 */
export class SnsTopics implements TopicPublisher {
  readonly #client: SNSClient;
  readonly #topicArn: string;

  constructor(client: SNSClient, topicArn: string) {
    this.#client = client;
    this.#topicArn = topicArn;
  }

  async publish(topic: string, letter: Letter): Promise<void> {
    const { notification, subject, to } = letter;
    const command = new PublishCommand({
      TopicArn: this.#topicArn,
      Message: messageOf(letter),
      ...(subject === undefined ? {} : { Subject: oneLine(subject) }),
      MessageAttributes: {
        topic: { DataType: 'String', StringValue: topic },
        id: { DataType: 'String', StringValue: notification },
        ...(to === undefined ? {} : { to: { DataType: 'String', StringValue: to } }),
      },
    });
    try {
      await this.#client.send(command);
    } catch (error) {
      throw awsFailure(error, 'SNS');
    }
  }
}

function messageOf({ message, link, actions = [] }: Letter): string {
  if (isJsonObject(message)) {
    const told = link === undefined ? message : { ...message, link };
    return JSON.stringify(actions.length === 0 ? told : { ...told, actions });
  }
  return typeof message === 'string' ? message : JSON.stringify(message);
}

/** SNS refuses line breaks and control characters in subjects, and what is not ASCII. */
function oneLine(subject: string): string {
  return subject.replace(/[^\x20-\x7E]+/g, ' ').slice(0, MAX_SUBJECT);
}
