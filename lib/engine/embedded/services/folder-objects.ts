import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, realpath, rename, stat } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { ObjectStore, ObjectSummary } from './object-store.ts';
import { ServiceFailure } from './service-failure.ts';

/** Objects of a page, as many as S3 puts on one. */
const PAGE = 1_000;

/**
 * A folder as a store of objects: `<folder>/<bucket>/<key>`. Nothing outside of it is read or written, whatever a key says
 * and wherever links lead.
 */
export class FolderObjects implements ObjectStore {
  readonly #root: string;
  #count = 0;

  constructor(root: string) {
    this.#root = root;
  }

  async *list(bucket: string, prefix: string): AsyncGenerator<readonly ObjectSummary[]> {
    const folder = await this.#bucket(bucket);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const keys = entries
      .filter((entry) => entry.isFile() && !entry.name.startsWith(TEMPORARY))
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
      .filter((key) => key.startsWith(prefix))
      .sort((left, right) => Buffer.compare(Buffer.from(left), Buffer.from(right)));
    for (let from = 0; from < keys.length; from += PAGE) {
      yield await Promise.all(keys.slice(from, from + PAGE).map((key) => summary(folder, key)));
    }
  }

  async get(bucket: string, key: string): Promise<AsyncIterable<Uint8Array>> {
    const folder = await this.#bucket(bucket);
    const path = await this.#existing(folder, join(folder, safeKey(key)));
    return createReadStream(path);
  }

  async put(bucket: string, key: string, text: string): Promise<void> {
    const folder = await this.#bucket(bucket);
    const path = join(folder, safeKey(key));
    await this.#existing(folder, await nearestExisting(dirname(path)));
    await mkdir(dirname(path), { recursive: true });
    // A reader sees the old object or the new one, never half of it.
    this.#count += 1;
    const temporary = join(dirname(path), `${TEMPORARY}${process.pid}-${this.#count}`);
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  }

  async #bucket(bucket: string): Promise<string> {
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/.test(bucket) || bucket.includes('..')) {
      throw new ServiceFailure('S3.AmazonS3Exception', `The specified bucket is not valid: '${bucket}'`);
    }
    const path = join(this.#root, bucket);
    const real = await realpath(path).catch(() => undefined);
    if (real === join(await realpath(this.#root).catch(() => this.#root), bucket)) return real;
    throw new ServiceFailure('S3.NoSuchBucketException', `The specified bucket does not exist: '${bucket}'`);
  }

  /** Where a path really leads; refused when that is outside of the bucket. */
  async #existing(folder: string, path: string): Promise<string> {
    const real = await realpath(path).catch(() => undefined);
    if (real === undefined) throw noSuchKey(relative(folder, path));
    if (real === folder || real.startsWith(`${folder}${sep}`)) return real;
    throw outside(relative(folder, path));
  }
}

/** Files of this name are being written. */
const TEMPORARY = '.writing-';

/** A key as a path; keys that would leave the bucket are refused. */
function safeKey(key: string): string {
  const parts = key.split('/');
  const isSafe =
    key !== '' && !/[\0\\]/.test(key) && parts.every((part) => part !== '' && !/^\.\.?$/.test(part));
  if (isSafe) return parts.join(sep);
  throw outside(key);
}

/** The folder itself, or the nearest of those above it that is there. */
async function nearestExisting(folder: string): Promise<string> {
  for (let path = folder; ; path = dirname(path)) {
    if (
      await realpath(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
}

function outside(key: string): ServiceFailure {
  return new ServiceFailure('S3.AmazonS3Exception', `The key '${key}' does not name a file of the bucket`);
}

function noSuchKey(key: string): ServiceFailure {
  return new ServiceFailure('S3.NoSuchKeyException', `The specified key does not exist: '${key}'`);
}

async function summary(folder: string, key: string): Promise<ObjectSummary> {
  const { size, mtimeMs } = await stat(join(folder, key));
  const etag = `"${size.toString(16)}-${Math.floor(mtimeMs).toString(16)}"`;
  return { key, etag, size, lastModified: Math.floor(mtimeMs), storageClass: 'STANDARD' };
}
