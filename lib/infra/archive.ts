import { join } from 'node:path';
import { Duration } from 'aws-cdk-lib';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { executionArns } from './machines.ts';
import { allowChildren, ServiceFunction } from './service-function.ts';

/** What archiving needs. */
export interface ArchiveProps {
  readonly table: Table;
  readonly bucket: Bucket;
  /** How long each kind is kept, such as `executions=30d,events=3d`. */
  readonly retain: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Folder with the bundled functions. */
  readonly bundles: string;
  readonly deadLetters: IQueue;
}

/** The function that archives and deletes, each hour, what is over its time. It may read histories, and write to the bucket, nothing more. */
export class Archive extends Construct {
  constructor(scope: Construct, id: string, props: ArchiveProps) {
    super(scope, id);
    const { table, bucket, retain, deadLetters } = props;
    const archive = new ServiceFunction(this, 'archive', {
      bundle: join(props.bundles, 'archive'),
      description: 'Archives what is over its time, and deletes it',
      timeout: Duration.minutes(10),
      memorySize: 1_024,
      environment: { ...props.environment, ARCHIVE_BUCKET: bucket.bucketName, RETENTION: retain },
    })
      .writeTable(table)
      .allow(['s3:PutObject'], [bucket.arnForObjects('*')])
      .allow(['states:GetExecutionHistory'], [executionArns(this, '*')]);
    allowChildren(archive);
    archive.lambda.configureAsyncInvoke({ retryAttempts: 1, onFailure: new SqsDestination(deadLetters) });
    new Rule(this, 'Hourly', {
      description: 'Archives what is over its time',
      schedule: Schedule.rate(Duration.hours(1)),
      targets: [new LambdaTarget(archive.lambda, { deadLetterQueue: deadLetters, retryAttempts: 2 })],
    });
  }
}
