import { resolve } from 'node:path';
import { badPlace } from './archive-faults.ts';
import type { ArchiveStore } from './archive-store.ts';
import { FolderStore } from './folder-store.ts';
import type { BucketPlace } from './s3-store.ts';

/**
 * The store of a place: a folder, or `s3://bucket/prefix`, with the AWS credentials and region of the environment. Throws SW4506 where it is
 * neither.
 */
export async function openStore(
  place: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<ArchiveStore> {
  if (!/^[a-z0-9]+:\/\//i.test(place)) return new FolderStore(resolve(place));
  const where = bucketOf(place);
  if (where === undefined) throw badPlace(place);
  // The SDK is large, and most archives are folders.
  const [{ S3Client }, { S3Store }] = await Promise.all([
    import('@aws-sdk/client-s3'),
    import('./s3-store.ts'),
  ]);
  // Names of buckets are not names of hosts on an emulator.
  const forcePathStyle =
    environment['AWS_ENDPOINT_URL_S3'] !== undefined || environment['AWS_ENDPOINT_URL'] !== undefined;
  return new S3Store(new S3Client({ forcePathStyle }), where);
}

/** Bucket and prefix of `s3://bucket/prefix`. */
export function bucketOf(place: string): BucketPlace | undefined {
  const [, bucket, path = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(place) ?? [];
  if (bucket === undefined) return undefined;
  const prefix = path.replace(/\/+$/, '');
  return { bucket, prefix: prefix === '' ? '' : `${prefix}/` };
}
