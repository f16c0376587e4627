import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '#core/clock.ts';
import type { Deadline, Deadlines } from './deadlines.ts';

/** Longest delay of a message (SQS, "Message quotas"). Deadlines further off are woken early, and scheduled again. */
const MAX_DELAY_SECONDS = 900;

/** URLs of the queues that deadlines wait in. */
export interface DeadlineQueues {
  /** Of all that have none of their own. */
  readonly all: string;
  /** Of deliveries, which wait for receivers that may be slow: nothing else is to wait behind them. */
  readonly delivery: string;
}

/** Deadlines by delayed SQS messages. */
export class SqsDeadlines implements Deadlines {
  readonly #client: SQSClient;
  readonly #queues: DeadlineQueues;
  readonly #clock: Clock;

  constructor(client: SQSClient, queues: DeadlineQueues, clock: Clock) {
    this.#client = client;
    this.#queues = queues;
    this.#clock = clock;
  }

  async schedule(deadline: Deadline, dueAt: number): Promise<void> {
    const seconds = Math.ceil((dueAt - this.#clock.now()) / 1_000);
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: deadline.kind === 'delivery' ? this.#queues.delivery : this.#queues.all,
        MessageBody: JSON.stringify(deadline),
        DelaySeconds: Math.min(MAX_DELAY_SECONDS, Math.max(0, seconds)),
      }),
    );
  }
}
