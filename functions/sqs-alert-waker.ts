import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import type { Clock } from '#core/clock.ts';
import { type AlertWaker, WAKE_SLOT_MS } from '#monitoring/alerts/wake.ts';

/** All wake-ups are of one group: the queue gives the next when the one before is done. */
const GROUP = 'alerts';

/** Wakes the evaluation of alerts by a queue that takes one message of all that are sent in the same few seconds. */
export class SqsAlertWaker implements AlertWaker {
  readonly #client: SQSClient;
  readonly #queue: string;
  readonly #clock: Clock;
  #slot = Number.NEGATIVE_INFINITY;

  /** @param queue URL of a FIFO queue. */
  constructor(client: SQSClient, queue: string, clock: Clock) {
    this.#client = client;
    this.#queue = queue;
    this.#clock = clock;
  }

  async wake(): Promise<void> {
    const slot = Math.floor(this.#clock.now() / WAKE_SLOT_MS);
    if (slot === this.#slot) return;
    await this.#client.send(
      new SendMessageCommand({
        QueueUrl: this.#queue,
        MessageBody: JSON.stringify({ wake: 'alerts' }),
        MessageGroupId: GROUP,
        MessageDeduplicationId: String(slot),
      }),
    );
    this.#slot = slot;
  }
}
