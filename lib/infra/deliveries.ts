import { Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { type IQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { addAgeAlarm } from './alarms.ts';
import type { ServiceFunction } from './service-function.ts';

/** How long one try may take: a mail server or service that is slow, and what is written before and after. */
export const DELIVERY_TIMEOUT = Duration.seconds(50);
/** How many functions deliver at once, so that a storm of notifications takes none from the steps of workflows. */
const AT_ONCE = 10;

/**
 * The queue in which deliveries of notifications wait, until they are due, for the function that tries them. Apart from that of other
 * deadlines: who waits for a slow receiver holds up nothing else.
 */
export class Deliveries extends Construct {
  readonly queue: Queue;

  constructor(scope: Construct, id: string, deadLetters: IQueue) {
    super(scope, id);
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // Six times the function's timeout (AWS Lambda, "Using Lambda with Amazon SQS").
      visibilityTimeout: Duration.seconds(6 * DELIVERY_TIMEOUT.toSeconds()),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount: 5 },
    });
    addAgeAlarm(this, 'Deliveries', this.queue);
  }

  /** Has a function try what is due. Mails go out through SES, from this one address. */
  feed({ lambda }: ServiceFunction, mailFrom: string | undefined): void {
    lambda.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: 5,
        reportBatchItemFailures: true,
        maxConcurrency: AT_ONCE,
      }),
    );
    if (mailFrom === undefined) return;
    lambda.addToRolePolicy(
      new PolicyStatement({
        actions: ['ses:SendEmail'],
        resources: identitiesOf(this, mailFrom),
        conditions: { StringEquals: { 'ses:FromAddress': mailFrom } },
      }),
    );
  }
}

/** SES knows an address by itself, or by its domain: either may be the identity that it is sent as. */
function identitiesOf(scope: Construct, address: string): string[] {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return [address, domain].map((resourceName) =>
    Stack.of(scope).formatArn({ service: 'ses', resource: 'identity', resourceName }),
  );
}
