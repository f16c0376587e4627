/** An object in a bucket, as a listing tells it. */
export interface ObjectSummary {
  readonly key: string;
  readonly etag: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
  readonly storageClass: string;
}

/**
 * Objects in buckets, for distributed Map states. What fails, fails as ServiceFailure with the names of S3, such as
 * `S3.NoSuchKeyException`.
 */
export interface ObjectStore {
  /** All objects whose key begins with `prefix`, in order of their keys, a page at a time. */
  list(bucket: string, prefix: string): AsyncIterable<readonly ObjectSummary[]>;
  /** The content of an object, piece by piece. */
  get(bucket: string, key: string): Promise<AsyncIterable<Uint8Array>>;
  /** Writes an object, in place of the one that was there. */
  put(bucket: string, key: string, text: string): Promise<void>;
}
