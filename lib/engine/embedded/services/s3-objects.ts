import type { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore, ObjectSummary } from './object-store.ts';
import { type SdkOptions, sdkSettings } from './sdk-client.ts';
import { type FailureStyle, failureOf } from './sdk-failure.ts';
import { ServiceFailure } from './service-failure.ts';

const STYLE: FailureStyle = {
  ...{ prefix: 'S3', errorName: 'AmazonS3Exception', causeName: 'Amazon S3', sdkVersion: 1 },
};

type Package = typeof import('@aws-sdk/client-s3');

/** Buckets of S3, or of an emulator. The client is made, and its package loaded, when it is first needed. */
export class S3Objects implements ObjectStore {
  readonly #options: SdkOptions;
  #opened: Promise<{ readonly client: S3Client; readonly sdk: Package }> | undefined;

  constructor(options: SdkOptions) {
    this.#options = options;
  }

  async *list(bucket: string, prefix: string): AsyncGenerator<readonly ObjectSummary[]> {
    let token: string | undefined;
    do {
      const page = await this.#send(({ client, sdk }) =>
        client.send(
          new sdk.ListObjectsV2Command({
            ...{ Bucket: bucket, Prefix: prefix },
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        ),
      );
      token = page.NextContinuationToken;
      yield (page.Contents ?? []).map((object) => ({
        key: object.Key ?? '',
        etag: object.ETag ?? '',
        size: object.Size ?? 0,
        lastModified: object.LastModified?.getTime() ?? 0,
        storageClass: object.StorageClass ?? 'STANDARD',
      }));
    } while (token !== undefined);
  }

  async get(bucket: string, key: string): Promise<AsyncIterable<Uint8Array>> {
    const { Body: body } = await this.#send(({ client, sdk }) =>
      client.send(new sdk.GetObjectCommand({ Bucket: bucket, Key: key })),
    );
    if (body !== undefined && Symbol.asyncIterator in body) return this.#guarded(body);
    throw new ServiceFailure('S3.SdkClientException', `The object '${key}' has no content that can be read`);
  }

  async put(bucket: string, key: string, text: string): Promise<void> {
    const type = key.endsWith('.json') ? 'application/json' : 'text/plain; charset=utf-8';
    await this.#send(({ client, sdk }) =>
      client.send(new sdk.PutObjectCommand({ Bucket: bucket, Key: key, Body: text, ContentType: type })),
    );
  }

  /** Ends all connections. */
  async close(): Promise<void> {
    (await this.#opened)?.client.destroy();
    this.#opened = undefined;
  }

  /** A connection that breaks while an object is read is a failure of S3 too. */
  async *#guarded(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    try {
      yield* body;
    } catch (error) {
      throw failureOf(error, STYLE, {});
    }
  }

  async #send<T>(use: (opened: { client: S3Client; sdk: Package }) => Promise<T>): Promise<T> {
    this.#opened ??= this.#open();
    const opened = await this.#opened;
    try {
      return await use(opened);
    } catch (error) {
      throw failureOf(error, STYLE, { ...opened.sdk });
    }
  }

  async #open(): Promise<{ client: S3Client; sdk: Package }> {
    const sdk = await import('@aws-sdk/client-s3');
    return { client: new sdk.S3Client(sdkSettings('@aws-sdk/client-s3', this.#options)), sdk };
  }
}
