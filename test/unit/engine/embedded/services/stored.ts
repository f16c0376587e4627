import type { ObjectStore } from '#engine/embedded/services/object-store.ts';
import { ServiceFailure } from '#engine/embedded/services/service-failure.ts';

/** A store in memory: contents by `bucket/key`. Content is given a byte at a time where `piecemeal` says so. */
export function storeOf(
  contents: Readonly<Record<string, string | Buffer>>,
  { piecemeal = false } = {},
): ObjectStore & { readonly written: ReadonlyMap<string, string> } {
  const written = new Map<string, string>();
  return {
    written,
    async *list(bucket, prefix) {
      const keys = Object.keys(contents)
        .filter((path) => path.startsWith(`${bucket}/${prefix}`))
        .map((path) => path.slice(bucket.length + 1));
      for (const key of keys) {
        const size = contents[`${bucket}/${key}`]?.length ?? 0;
        yield [{ key, etag: `"${key}"`, size, lastModified: 1_700_000_000_500, storageClass: 'STANDARD' }];
      }
    },
    async get(bucket, key) {
      const content = contents[`${bucket}/${key}`];
      if (content === undefined) throw new ServiceFailure('S3.NoSuchKeyException', `no ${key}`);
      return pieces(Buffer.from(content), piecemeal ? 1 : 1 << 16);
    },
    async put(bucket, key, text) {
      written.set(`${bucket}/${key}`, text);
    },
  };
}

async function* pieces(content: Buffer, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < content.length; from += size) yield content.subarray(from, from + size);
}
