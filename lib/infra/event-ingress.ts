import { Stack } from 'aws-cdk-lib';
import { Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnTopicRule } from 'aws-cdk-lib/aws-iot';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EventSource } from '#definition/event-sources.ts';
import { PREFIX, type TransportName } from './names.ts';

/** What brings events in. */
export interface EventIngressProps {
  readonly sources: readonly EventSource[];
  /** Function `outside-event`. */
  readonly teller: IFunction;
  readonly deadLetters: IQueue;
  /** Topics of another broker than IoT Core reach no rule. */
  readonly transport: TransportName;
}

/**
 * Brings messages of topics, by IoT topic rules, and events of EventBridge, by rules of the default bus, to the function that tells
 * them to steps; what cannot be delivered goes to a queue.
 */
export class EventIngress extends Construct {
  constructor(scope: Construct, id: string, props: EventIngressProps) {
    super(scope, id);
    for (const [index, source] of props.sources.entries()) {
      if ('bus' in source) this.#listenToBus(`Bus-${index}`, source, props);
      else if (props.transport === 'iot-core') this.#listenToTopic(`Topic-${index}`, source.topic, props);
    }
  }

  #listenToBus(
    id: string,
    { bus, name }: Extract<EventSource, { bus: unknown }>,
    props: EventIngressProps,
  ): void {
    const { sources, detailTypes } = bus;
    new Rule(this, id, {
      description: `Told to steps that wait for ${name}`,
      eventPattern: {
        source: [...sources],
        ...(detailTypes === undefined ? {} : { detailType: [...detailTypes] }),
      },
      targets: [new LambdaTarget(props.teller, { deadLetterQueue: props.deadLetters, retryAttempts: 5 })],
    });
  }

  /** The payload comes as it is, in base64: it need not be JSON. */
  #listenToTopic(id: string, filter: string, { teller, deadLetters }: EventIngressProps): void {
    const role = new Role(this, `${id}-ErrorRole`, { assumedBy: new ServicePrincipal('iot.amazonaws.com') });
    deadLetters.grantSendMessages(role);
    const rule = new CfnTopicRule(this, id, {
      ruleName: `${PREFIX}_${id.replace('-', '_').toLowerCase()}`,
      topicRulePayload: {
        sql: `SELECT encode(*, 'base64') AS payload, topic() AS topic FROM '${filter}'`,
        awsIotSqlVersion: '2016-03-23',
        actions: [{ lambda: { functionArn: teller.functionArn } }],
        errorAction: { sqs: { queueUrl: deadLetters.queueUrl, roleArn: role.roleArn, useBase64: false } },
      },
    });
    teller.addPermission(`Allow-${id}`, {
      principal: new ServicePrincipal('iot.amazonaws.com'),
      sourceArn: rule.attrArn,
      sourceAccount: Stack.of(this).account,
    });
  }
}
