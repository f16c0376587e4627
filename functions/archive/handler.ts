import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import { readRetentionTimes } from '#archive/retention-times.ts';
import { S3Store } from '#archive/stores/s3-store.ts';
import { logger } from '../observability.ts';
import { connectPorts } from '../ports.ts';
import { lambdaHandler } from '../shell.ts';
import { createArchive } from './archive.ts';

const { ARCHIVE_BUCKET, RETENTION, AWS_ENDPOINT_URL } = z
  .object({
    ARCHIVE_BUCKET: z.string(),
    /** Such as `executions=30d,events=3d`. */
    RETENTION: z.string(),
    /** Set on an emulator, where names of buckets are not names of hosts. */
    AWS_ENDPOINT_URL: z.string().optional(),
  })
  .parse(process.env);
const read = readRetentionTimes(RETENTION);
if ('problem' in read) throw new Error(read.problem);
const client = new S3Client({ forcePathStyle: AWS_ENDPOINT_URL !== undefined });

export const handler = lambdaHandler(
  createArchive({
    ...connectPorts(),
    times: read.times,
    archive: new S3Store(client, { bucket: ARCHIVE_BUCKET, prefix: '' }),
    onDefect: (error) => logger.error('a record cannot be archived, and stays', { error }),
  }),
);
