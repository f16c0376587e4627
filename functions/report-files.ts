import { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { ReportFiles } from '#reports/made/report-files.ts';
import { S3ReportFiles } from '#reports/made/s3-files.ts';

const EnvironmentSchema = z.object({
  REPORT_BUCKET: z.string(),
  /** Set on an emulator, where the names of buckets do not resolve. */
  AWS_ENDPOINT_URL: z.string().optional(),
});

/** Where reports are kept, from the environment of a function. */
export function connectReportFiles(environment: NodeJS.ProcessEnv = process.env): ReportFiles {
  const { REPORT_BUCKET, AWS_ENDPOINT_URL } = EnvironmentSchema.parse(environment);
  return new S3ReportFiles(new S3Client({ forcePathStyle: AWS_ENDPOINT_URL !== undefined }), REPORT_BUCKET);
}
