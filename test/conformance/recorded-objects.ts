import { createHash } from 'node:crypto';
import type { ObjectStore, ObjectSummary } from '#engine/embedded/services/object-store.ts';
import { ServiceFailure } from '#engine/embedded/services/service-failure.ts';

/** An object that was in a bucket when a case was recorded. */
export interface RecordedObject {
  readonly Key: string;
  readonly Body: string;
}

/** The objects of a case as a store, in memory. Names of buckets differ from run to run: there is one for all. */
export function recordedObjects(objects: readonly RecordedObject[]): ObjectStore {
  const bodies = new Map(objects.map(({ Key, Body }) => [Key, Body]));
  return {
    async *list(_bucket, prefix) {
      yield [...bodies]
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, body]) => summaryOf(key, body))
        .toSorted((left, right) => (left.key < right.key ? -1 : 1));
    },
    get: async (_bucket, key) => {
      const body = bodies.get(key);
      if (body === undefined)
        throw new ServiceFailure('S3.NoSuchKeyException', 'The specified key does not exist.');
      return pieces(body);
    },
    put: async (_bucket, key, text) => {
      bodies.set(key, text);
    },
  };
}

async function* pieces(body: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(body);
}

function summaryOf(key: string, body: string): ObjectSummary {
  const etag = `"${createHash('md5').update(body).digest('hex')}"`;
  return { key, etag, size: Buffer.byteLength(body), lastModified: 0, storageClass: 'STANDARD' };
}
