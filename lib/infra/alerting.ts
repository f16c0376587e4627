import { Duration } from 'aws-cdk-lib';
import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { WAKE_DELAY_MS } from '#monitoring/alerts/wake.ts';
import { ALARM_PERIOD, addAlarm, TOLD_ALARMS } from './alarm.ts';
import type { ServiceFunction } from './service-function.ts';

/** Name of the alarm that nobody looks. */
export const STANDS_STILL = `${TOLD_ALARMS}alerts-stand-still`;

/** How long one look may take: shorter than a turn, so that nobody else begins meanwhile. */
export const LOOK_TIMEOUT = Duration.seconds(60);
/** An attempt that was throttled is made again so often: a storm writes thousands of records at once. */
const MOST_ATTEMPTS = 8;

/**
 * What has alerts looked at: a queue that takes one of all wake-ups of a few seconds and gives one after the other, each after a
 * delay in which events settle; and a clock that wakes each minute, as silence sends no events. A wake-up that fails comes again;
 * one that is old is worth nothing.
 */
export class Alerting extends Construct {
  readonly #wakes: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.#wakes = new Queue(this, 'Wakes', {
      fifo: true,
      contentBasedDeduplication: true,
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      deliveryDelay: Duration.millis(WAKE_DELAY_MS),
      visibilityTimeout: LOOK_TIMEOUT,
      retentionPeriod: Duration.minutes(5),
    });
    new Rule(this, 'EachMinute', {
      description: 'Has alerts looked at, also when nothing happens',
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [
        // Each event has an id of its own: none is taken for the one before.
        new SqsQueue(this.#wakes, { messageGroupId: 'alerts' }),
      ],
    });
  }

  /** Lets a function have alerts looked at. */
  letWake(teller: ServiceFunction): void {
    teller.lambda.addEnvironment('ALERT_QUEUE_URL', this.#wakes.queueUrl);
    teller.allow(['sqs:SendMessage'], [this.#wakes.queueArn]);
  }

  /** Has a function look. */
  feed(looker: ServiceFunction): void {
    this.letWake(looker);
    looker.lambda.addEnvironment('AWS_MAX_ATTEMPTS', String(MOST_ATTEMPTS));
    looker.lambda.addEventSource(new SqsEventSource(this.#wakes, { batchSize: 10 }));
    addAlarm(this, 'StandsStill', {
      name: 'alerts-stand-still',
      meaning:
        'Nobody looks at alerts: rules find nothing, and nobody is told. See why the function alerts does not run.',
      metric: looker.lambda.metricInvocations({ period: ALARM_PERIOD, statistic: Stats.SUM }),
      ...{ below: true, minutes: [5, 5] },
    });
  }
}
