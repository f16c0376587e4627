import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { FolderObjects } from '#engine/embedded/services/folder-objects.ts';
import type { ObjectStore } from '#engine/embedded/services/object-store.ts';
import { S3Objects } from '#engine/embedded/services/s3-objects.ts';
import { playWire, type Wire } from '#support/wire.ts';
import { failureOf, useTestCredentials } from './calls.ts';

async function contentOf(store: ObjectStore, bucket: string, key: string): Promise<string> {
  return Buffer.concat(await Array.fromAsync(await store.get(bucket, key))).toString();
}

describe('a folder of objects', () => {
  let root: string;
  let store: FolderObjects;

  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'objects-'));
    mkdirSync(join(root, 'store', 'bucket'), { recursive: true });
    writeFileSync(join(root, 'secret'), 'secret');
    store = new FolderObjects(join(root, 'store'));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  test('gives back what was put, and lists it in order', async () => {
    for (const key of ['b/2', 'b/10', 'a.json', 'Z', 'ä']) await store.put('bucket', key, `<${key}>`);
    await store.put('bucket', 'Z', 'again');
    expect(await contentOf(store, 'bucket', 'Z')).toBe('again');
    expect(await contentOf(store, 'bucket', 'b/10')).toBe('<b/10>');
    const pages = await Array.fromAsync(store.list('bucket', ''));
    expect(pages.flat().map(({ key }) => key)).toEqual(['Z', 'a.json', 'b/10', 'b/2', 'ä']);
    expect((await Array.fromAsync(store.list('bucket', 'b/'))).flat()).toMatchObject([
      { key: 'b/10', size: 6, storageClass: 'STANDARD', etag: expect.stringMatching(/^".+"$/) },
      { key: 'b/2', size: 5 },
    ]);
    expect(readdirSync(join(root, 'store', 'bucket')).toSorted()).toEqual(['Z', 'a.json', 'b', 'ä']);
  });

  test('lists a thousand on a page', async () => {
    for (let index = 0; index < 1_001; index += 1)
      writeFileSync(join(root, 'store', 'bucket', `${index}`), '');
    const pages = await Array.fromAsync(store.list('bucket', ''));
    expect(pages.map((page) => page.length)).toEqual([1_000, 1]);
  });

  const KEYS = [
    '../secret',
    '../../secret',
    'a/../../x',
    '/etc/passwd',
    '',
    '.',
    '..',
    'a//b',
    'a\\b',
    'a\0b',
    'a/',
  ];

  test.each(KEYS)('reads and writes no key %j', async (key) => {
    const refused = {
      name: 'S3.AmazonS3Exception',
      cause: `The key '${key}' does not name a file of the bucket`,
    };
    expect(await failureOf(store.get('bucket', key))).toEqual(refused);
    expect(await failureOf(store.put('bucket', key, 'x'))).toEqual(refused);
    expect(readFileSync(join(root, 'secret'), 'utf8')).toBe('secret');
  });

  test('does not follow links that lead out of the bucket', async () => {
    symlinkSync(root, join(root, 'store', 'bucket', 'link'));
    symlinkSync(join(root, 'secret'), join(root, 'store', 'bucket', 'file'));
    expect((await failureOf(store.get('bucket', 'link/secret'))).name).toBe('S3.AmazonS3Exception');
    expect((await failureOf(store.get('bucket', 'file'))).name).toBe('S3.AmazonS3Exception');
    expect((await failureOf(store.put('bucket', 'link/new/x', 'x'))).name).toBe('S3.AmazonS3Exception');
    expect(existsSync(join(root, 'new'))).toBe(false);
    expect(await Array.fromAsync(store.list('bucket', ''))).toEqual([]);
  });

  test.each(['..', '.', 'no', 'a/b', '../store/bucket', 'a..b', ''])('has no bucket %j', async (bucket) => {
    const failure = await failureOf(store.get(bucket, 'x'));
    expect(failure.name).toMatch(/^S3\.(NoSuchBucketException|AmazonS3Exception)$/);
  });

  test('takes no link for a bucket', async () => {
    symlinkSync(root, join(root, 'store', 'linked'));
    expect((await failureOf(store.get('linked', 'secret'))).name).toBe('S3.NoSuchBucketException');
  });

  test('tells of a key that is not there', async () => {
    expect(await failureOf(store.get('bucket', 'a/b'))).toEqual({
      name: 'S3.NoSuchKeyException',
      cause: "The specified key does not exist: 'a/b'",
    });
  });
});

describe('S3', () => {
  beforeAll(useTestCredentials);

  const at = (wire: Wire): S3Objects =>
    new S3Objects({ environment: { AWS_ENDPOINT_URL_S3: wire.endpoint, AWS_REGION: 'us-east-1' } });

  test('is listed page after page', async () => {
    const page = (key: string, token: string): string =>
      `<ListBucketResult>${token}<Contents><Key>${key}</Key><LastModified>2023-11-14T22:13:20.000Z</LastModified><ETag>"e"</ETag><Size>3</Size><StorageClass>GLACIER</StorageClass></Contents></ListBucketResult>`;
    await using wire = await playWire(
      {
        body: page(
          'in/a',
          '<IsTruncated>true</IsTruncated><NextContinuationToken>t 2</NextContinuationToken>',
        ),
      },
      { body: page('in/b', '') },
    );
    const store = at(wire);
    const object = { etag: '"e"', size: 3, lastModified: 1_700_000_000_000, storageClass: 'GLACIER' };
    expect(await Array.fromAsync(store.list('bucket', 'in/'))).toEqual([
      [{ key: 'in/a', ...object }],
      [{ key: 'in/b', ...object }],
    ]);
    expect(wire.calls.map(({ url }) => url)).toEqual([
      '/bucket/?list-type=2&prefix=in%2F',
      '/bucket/?continuation-token=t%202&list-type=2&prefix=in%2F',
    ]);
    await store.close();
  });

  test('gives and takes objects', async () => {
    await using wire = await playWire((call) => ({ body: call.method === 'GET' ? 'content' : '' }));
    const store = at(wire);
    expect(await contentOf(store, 'bucket', 'a b/c')).toBe('content');
    await store.put('bucket', 'm.json', '{}');
    expect(wire.calls).toMatchObject([
      { method: 'GET', url: '/bucket/a%20b/c?x-id=GetObject' },
      {
        method: 'PUT',
        url: '/bucket/m.json?x-id=PutObject',
        headers: { 'content-type': 'application/json' },
      },
    ]);
    expect(wire.calls[1]?.body).toContain('{}');
    await store.close();
  });

  test('fails as an optimised integration does', async () => {
    const body = '<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>';
    await using wire = await playWire({ status: 404, body, headers: { 'x-amz-request-id': 'r-2' } });
    const store = at(wire);
    expect(await failureOf(store.get('bucket', 'k'))).toEqual({
      name: 'S3.NoSuchKeyException',
      cause: expect.stringMatching(
        /^The specified key does not exist\. \(Service: Amazon S3; Status Code: 404; Error Code: NoSuchKey; Request ID: r-[12]; Proxy: null\)$/,
      ),
    });
    await store.close();
  });

  test('that breaks off in the middle of an object fails by the client', async () => {
    await using wire = await playWire({
      body: 'half',
      headers: { 'content-length': '100' },
      breaksOff: true,
    });
    const store = at(wire);
    const failure = await failureOf(contentOf(store, 'bucket', 'k'));
    expect(failure).toEqual({ name: 'S3.SdkClientException', cause: expect.stringContaining('aborted') });
    await store.close();
  });
});
