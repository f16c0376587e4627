import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectOwnership,
  StorageClass,
} from 'aws-cdk-lib/aws-s3';
import type { Construct } from 'constructs';

/** The bucket that records go to before they are deleted. What is old is kept where keeping costs less, and can still be read at once. */
export function archiveBucket(
  scope: Construct,
  id: string,
  { emulated }: { readonly emulated: boolean },
): Bucket {
  return new Bucket(scope, id, {
    encryption: BucketEncryption.S3_MANAGED,
    enforceSSL: true,
    blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
    objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
    // A part is written once; what somebody overwrites or deletes can be had back for a month.
    versioned: true,
    lifecycleRules: [
      {
        id: 'colder',
        transitions: [
          { storageClass: StorageClass.INFREQUENT_ACCESS, transitionAfter: Duration.days(30) },
          { storageClass: StorageClass.GLACIER_INSTANT_RETRIEVAL, transitionAfter: Duration.days(120) },
        ],
        noncurrentVersionExpiration: Duration.days(30),
        abortIncompleteMultipartUploadAfter: Duration.days(1),
      },
    ],
    removalPolicy: emulated ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
  });
}
