import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { MEDIA_TYPES } from '../render/render.ts';
import type { ReportFileName, ReportFiles } from './report-files.ts';

/** Files of reports in a bucket; a rule of the bucket drops the old ones. */
export class S3ReportFiles implements ReportFiles {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async put(name: ReportFileName, text: string): Promise<void> {
    const object = { Bucket: this.#bucket, Key: keyOf(name) };
    const content = { Body: text, ContentType: MEDIA_TYPES[name.format] };
    await this.#client.send(new PutObjectCommand({ ...object, ...content }));
  }

  async get(name: ReportFileName): Promise<string | undefined> {
    try {
      const object = { Bucket: this.#bucket, Key: keyOf(name) };
      const { Body } = await this.#client.send(new GetObjectCommand(object));
      return await Body?.transformToString('utf8');
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  async dropBefore(): Promise<void> {}
}

function keyOf({ report, made, format }: ReportFileName): string {
  return `reports/${report}/${made}.${format}`;
}
