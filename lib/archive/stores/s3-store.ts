import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { damagedPart, unusableArchive } from './archive-faults.ts';
import type { ArchiveStore } from './archive-store.ts';

/** Where in S3 an archive is. */
export interface BucketPlace {
  readonly bucket: string;
  /** What its keys begin with: '' or something that ends in a slash. */
  readonly prefix: string;
}

/** An archive in a bucket of S3, or of an emulator. An object is there whole, or not at all. */
export class S3Store implements ArchiveStore {
  readonly place: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  constructor(client: S3Client, { bucket, prefix }: BucketPlace) {
    this.place = `s3://${bucket}/${prefix}`.replace(/\/$/, '');
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix;
  }

  async put(path: string, bytes: Uint8Array): Promise<void> {
    const ContentType = path.endsWith('.json') ? 'application/json' : 'application/gzip';
    // S3 refuses an object that arrives otherwise than it was sent.
    await this.#send(() =>
      this.#client.send(
        new PutObjectCommand({
          ...{ Bucket: this.#bucket, Key: this.#key(path), Body: bytes, ContentType },
          ChecksumAlgorithm: 'SHA256',
        }),
      ),
    );
  }

  async *list(prefix: string, after?: string): AsyncGenerator<string> {
    let token: string | undefined;
    do {
      const page = await this.#send(() =>
        this.#client.send(
          new ListObjectsV2Command({
            ...{ Bucket: this.#bucket, Prefix: this.#key(prefix) },
            ...(after === undefined ? {} : { StartAfter: this.#key(after) }),
            ...(token === undefined ? {} : { ContinuationToken: token }),
          }),
        ),
      );
      for (const { Key = '' } of page.Contents ?? []) yield Key.slice(this.#prefix.length);
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  async *read(path: string): AsyncGenerator<Uint8Array> {
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: this.#key(path) }),
      );
      yield* Body?.transformToWebStream() ?? [];
    } catch (cause) {
      if (cause instanceof NoSuchKey) throw damagedPart(path, 'is not there', cause);
      throw unusableArchive(this.place, cause);
    }
  }

  #key(path: string): string {
    return `${this.#prefix}${path}`;
  }

  async #send<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw unusableArchive(this.place, cause);
    }
  }
}
