import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import { addDeadLetterAlarm } from './alarms.ts';

/** Where what could not be delivered waits for a person, for two weeks. One queue for every asynchronous edge of a stack. */
export function deadLetters(scope: Construct, id: string, of: string): Queue {
  const queue = new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: Duration.days(14),
  });
  addDeadLetterAlarm(scope, of, queue);
  return queue;
}
