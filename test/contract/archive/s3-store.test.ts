import { Readable } from 'node:stream';
import {
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { sdkStreamMixin } from '@smithy/core/serde';
import { mockClient } from 'aws-sdk-client-mock';
import { expect, test } from 'vitest';
import { bucketOf, openStore } from '#archive/stores/open-store.ts';
import { S3Store } from '#archive/stores/s3-store.ts';
import { describeArchiveStore } from './archive-store.ts';

/** Pages are short, so that lists have several. */
const PAGE = 2;

function fakeBucket() {
  const objects = new Map<string, Uint8Array>();
  const mock = mockClient(S3Client);
  mock.on(PutObjectCommand).callsFake(({ Key, Body }: { Key: string; Body: Uint8Array }) => {
    objects.set(Key, Body);
    return {};
  });
  mock.on(GetObjectCommand).callsFake(({ Key }: { Key: string }) => {
    const bytes = objects.get(Key);
    if (bytes === undefined) throw new NoSuchKey({ message: 'no such key', $metadata: {} });
    return { Body: sdkStreamMixin(Readable.from([bytes])) };
  });
  mock.on(ListObjectsV2Command).callsFake((asked: Record<string, string | undefined>) => {
    const { Prefix = '', StartAfter = '', ContinuationToken = '' } = asked;
    const from = ContinuationToken > StartAfter ? ContinuationToken : StartAfter;
    const keys = [...objects.keys()].filter((key) => key.startsWith(Prefix) && key > from).sort();
    const page = keys.slice(0, PAGE);
    return {
      // S3 leaves out what is empty.
      ...(page.length === 0 ? {} : { Contents: page.map((Key) => ({ Key })) }),
      ...(keys.length > PAGE ? { NextContinuationToken: page.at(-1) } : {}),
    };
  });
  return mock;
}

describeArchiveStore('an archive in a bucket', async () => {
  const mock = fakeBucket();
  return {
    store: new S3Store(new S3Client({}), { bucket: 'records', prefix: 'plant/' }),
    breakIt: async () => void mock.reset().rejects(new Error('AccessDenied')),
  };
});

test('files have their media types, and a file that may not be read is no damaged one', async () => {
  const mock = fakeBucket();
  const store = new S3Store(new S3Client({}), { bucket: 'records', prefix: '' });
  await store.put('_manifests/part.json', Buffer.from('{}'));
  await store.put('part.jsonl.gz', Buffer.from(''));
  expect(mock.commandCalls(PutObjectCommand).map(({ args }) => args[0].input.ContentType)).toEqual([
    'application/json',
    'application/gzip',
  ]);
  mock.on(GetObjectCommand).resolves({});
  expect(await Array.fromAsync(store.read('part.jsonl.gz'))).toEqual([]);
  mock.on(GetObjectCommand).rejects(new Error('AccessDenied'));
  await expect(Array.fromAsync(store.read('part.jsonl.gz'))).rejects.toMatchObject({
    code: 'SW4501',
    message: 'the archive s3://records cannot be used: AccessDenied',
  });
});

test.each([
  ['s3://records', { bucket: 'records', prefix: '' }],
  ['s3://records/', { bucket: 'records', prefix: '' }],
  ['s3://records/plant/north//', { bucket: 'records', prefix: 'plant/north/' }],
  ['s3://', undefined],
  ['s3://No_Bucket', undefined],
])('%s is read', (place, where) => {
  expect(bucketOf(place)).toEqual(where);
});

test('a place is a folder, or a bucket, or refused', async () => {
  expect((await openStore('some/folder', {})).place).toMatch(/\/some\/folder$/);
  expect((await openStore('s3://records/plant', { AWS_ENDPOINT_URL: 'http://127.0.0.1:1' })).place).toBe(
    's3://records/plant',
  );
  await expect(openStore('gs://records', {})).rejects.toMatchObject({ code: 'SW4506' });
});
