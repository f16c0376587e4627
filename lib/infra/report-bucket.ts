import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import { KEEP_DAYS } from '#reports/made/report-files.ts';
import type { ServiceFunction } from './service-function.ts';

/** Where reports are kept that were made, until their time is over. */
export class ReportBucket extends Construct {
  readonly #bucket: Bucket;

  constructor(scope: Construct, id: string, { emulated }: { readonly emulated: boolean }) {
    super(scope, id);
    this.#bucket = new Bucket(this, 'Bucket', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      lifecycleRules: [
        { expiration: Duration.days(KEEP_DAYS), abortIncompleteMultipartUploadAfter: Duration.days(1) },
      ],
      removalPolicy: emulated ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
  }

  /** Lets a function keep reports, and read them; who may not list is told of no missing file, but that it may not. */
  grant(keeper: ServiceFunction): ServiceFunction {
    keeper.lambda.addEnvironment('REPORT_BUCKET', this.#bucket.bucketName);
    return keeper
      .allow(['s3:GetObject', 's3:PutObject'], [this.#bucket.arnForObjects('reports/*')])
      .allow(['s3:ListBucket'], [this.#bucket.bucketArn]);
  }
}
