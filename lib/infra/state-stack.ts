import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import {
  AttributeType,
  BillingMode,
  ProjectionType,
  StreamViewType,
  Table,
  TableEncryption,
} from 'aws-cdk-lib/aws-dynamodb';
import type { Bucket } from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';
import { addTableAlarms } from './alarms.ts';
import { archiveBucket } from './archive-bucket.ts';
import { INDEXES } from './names.ts';
import { ReportBucket } from './report-bucket.ts';

/** What outlives every deployment: the single table, the archive of what is deleted from it, and the reports that were made. */
export class StateStack extends Stack {
  /** The one store (`docs/data-model.md`). */
  readonly table: Table;
  /** Where records go before they are deleted (`docs/guide/archive.md`). */
  readonly archive: Bucket;
  readonly reports: ReportBucket;

  constructor(scope: Construct, id: string, props: StackProps & { readonly emulated: boolean }) {
    super(scope, id, props);
    this.table = new Table(this, 'Table', {
      partitionKey: { name: 'pk', type: AttributeType.STRING },
      sortKey: { name: 'sk', type: AttributeType.STRING },
      billingMode: BillingMode.PAY_PER_REQUEST,
      encryption: TableEncryption.AWS_MANAGED,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      timeToLiveAttribute: 'expiresAt',
      deletionProtection: !props.emulated,
      removalPolicy: props.emulated ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    this.reports = new ReportBucket(this, 'Reports', props);
    for (const index of INDEXES) {
      this.table.addGlobalSecondaryIndex({
        indexName: index,
        partitionKey: { name: `${index}pk`, type: AttributeType.STRING },
        sortKey: { name: `${index}sk`, type: AttributeType.STRING },
        projectionType: ProjectionType.ALL,
      });
    }
    this.archive = archiveBucket(this, 'Archive', { emulated: props.emulated });
    new CfnOutput(this, 'ArchiveBucketName', { value: this.archive.bucketName });
    addTableAlarms(this, this.table);
  }
}
