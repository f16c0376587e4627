import { CfnOutput } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget, SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { TOLD_ALARMS } from './alarm.ts';

/** What telling of alarms takes. */
export interface ToldAlarmsProps {
  /** Function `tell-alarm`. */
  readonly teller: IFunction;
  readonly deadLetters: IQueue;
}

/**
 * Tells of alarms of CloudWatch: as events, so that rules watch them and all is in one history; and on a topic of SNS, which takes no
 * function of ours, so that who subscribes to it hears also when none of them runs.
 */
export class ToldAlarms extends Construct {
  /** Where alarms are told of besides. */
  readonly topic: Topic;

  constructor(scope: Construct, id: string, { teller, deadLetters }: ToldAlarmsProps) {
    super(scope, id);
    // Not encrypted by a key: EventBridge may not use that of SNS, and one of our own is paid for. What is told is names of alarms.
    this.topic = new Topic(this, 'Topic', { displayName: 'Stepwright alarms', enforceSSL: true });
    const target = { deadLetterQueue: deadLetters, retryAttempts: 5 };
    new Rule(this, 'Changes', {
      description: 'Alarms of CloudWatch that are raised, or over',
      eventPattern: {
        source: ['aws.cloudwatch'],
        detailType: ['CloudWatch Alarm State Change'],
        detail: { alarmName: [{ prefix: TOLD_ALARMS }] },
      },
      targets: [new LambdaTarget(teller, target), new SnsTopic(this.topic, target)],
    });
    new CfnOutput(this, 'AlarmTopicArn', { value: this.topic.topicArn });
  }
}
