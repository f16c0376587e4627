import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnTopicRule } from 'aws-cdk-lib/aws-iot';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { DEVICE_MESSAGE_KINDS, deviceTopicFilter } from '#devices/topics.ts';
import { PREFIX } from './names.ts';

/** Brings what devices say, by IoT topic rules, to the function that hears it; what cannot be delivered goes to a queue. */
export class DeviceIngress extends Construct {
  constructor(
    scope: Construct,
    id: string,
    props: { readonly listener: IFunction; readonly deadLetters: IQueue },
  ) {
    super(scope, id);
    const role = new Role(this, 'ErrorRole', { assumedBy: new ServicePrincipal('iot.amazonaws.com') });
    props.deadLetters.grantSendMessages(role);
    for (const kind of DEVICE_MESSAGE_KINDS) {
      const rule = new CfnTopicRule(this, `Rule-${kind}`, {
        ruleName: `${PREFIX}_${kind}`,
        topicRulePayload: {
          sql: `SELECT *, topic() AS topic FROM '${deviceTopicFilter(kind)}'`,
          awsIotSqlVersion: '2016-03-23',
          actions: [{ lambda: { functionArn: props.listener.functionArn } }],
          errorAction: {
            sqs: { queueUrl: props.deadLetters.queueUrl, roleArn: role.roleArn, useBase64: false },
          },
        },
      });
      props.listener.addPermission(`Allow-${kind}`, {
        principal: new ServicePrincipal('iot.amazonaws.com'),
        sourceArn: rule.attrArn,
        sourceAccount: Stack.of(this).account,
      });
    }
  }
}
