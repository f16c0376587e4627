import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { executionArns } from './machines.ts';
import type { ReportBucket } from './report-bucket.ts';
import type { RuntimeStack } from './runtime-stack.ts';
import { allowChildren, ServiceFunction } from './service-function.ts';

/** What making reports by schedule takes. */
export interface ReportScheduleProps {
  readonly table: Table;
  readonly runtime: RuntimeStack;
  readonly bucket: ReportBucket;
  /** Folder with the bundled functions. */
  readonly bundles: string;
  readonly deadLetters: IQueue;
}

/**
 * Makes the reports that are due, minute by minute. One schedule for all, and not one for each report: nobody needs the right to make
 * schedules, none is left over from a report that is gone, and a report that was missed is found by the next look.
 */
export class ReportSchedule extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { table, runtime, bucket, bundles, deadLetters }: ReportScheduleProps,
  ) {
    super(scope, id);
    const maker = new ServiceFunction(this, 'make-reports', {
      bundle: join(bundles, 'make-reports'),
      description: 'Makes the reports that are due',
      timeout: Duration.minutes(5),
      memorySize: 1_024,
      environment: runtime.functions.environment,
    })
      .writeTable(table)
      .allow(['states:DescribeExecution', 'states:GetExecutionHistory'], [executionArns(this, '*')]);
    bucket.grant(runtime.functions.grantNotifying(allowChildren(maker)));
    const { functionArn } = maker.lambda;
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('scheduler.amazonaws.com') });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [functionArn] }));
    role.addToPolicy(
      new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }),
    );
    new CfnSchedule(this, 'EachMinute', {
      description: 'Looks which reports of Stepwright are due',
      scheduleExpression: 'rate(1 minute)',
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: functionArn,
        roleArn: role.roleArn,
        input: '{}',
        // The next minute looks again.
        retryPolicy: { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 60 },
        deadLetterConfig: { arn: deadLetters.queueArn },
      },
    });
  }
}
