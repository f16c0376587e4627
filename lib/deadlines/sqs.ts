import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '#core/clock.ts';
import type { Deadline, Deadlines } from './deadlines.ts';

/** Longest delay of a message (SQS, "Message quotas"). Deadlines further off are woken early, and scheduled again. */
const MAX_DELAY_SECONDS = 900;

/** Deadlines by delayed SQS messages. */
export class SqsDeadlines implements Deadlines {
  readonly #client: SQSClient;
  readonly #queueUrl: string;
  readonly #clock: Clock;

  constructor(client: SQSClient, queueUrl: string, clock: Clock) {
    this.#client = client;
    this.#queueUrl = queueUrl;
    this.#clock = clock;
  }

  async schedule(deadline: Deadline, dueAt: number): Promise<void> {
    const seconds = Math.ceil((dueAt - this.#clock.now()) / 1_000);
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: this.#queueUrl,
        MessageBody: JSON.stringify(deadline),
        DelaySeconds: Math.min(MAX_DELAY_SECONDS, Math.max(0, seconds)),
      }),
    );
  }
}
