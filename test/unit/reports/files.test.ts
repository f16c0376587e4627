import { mkdtempSync, rmSync, statSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, NoSuchKey, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { FolderReportFiles } from '#embedded/report-files.ts';
import { connectReportFiles } from '#functions/report-files.ts';
import { S3ReportFiles } from '#reports/made/s3-files.ts';

const NAME = { report: 'weekly', made: '20261130T060000Z', format: 'csv' } as const;
const OTHER = { ...NAME, format: 'html' } as const;
const folder = mkdtempSync(join(tmpdir(), 'stepwright-report-files-'));
afterAll(() => rmSync(folder, { recursive: true }));

const s3 = mockClient(S3Client);
beforeEach(() => void s3.reset());

test('in a folder a file is kept for its owner alone, read, written anew and dropped when it is old', async () => {
  const files = new FolderReportFiles(join(folder, 'reports'));
  await files.dropBefore(Date.now());
  expect(await files.get(NAME)).toBeUndefined();
  await files.put(NAME, 'a');
  await files.put(NAME, 'b');
  await files.put(OTHER, 'c');
  expect([await files.get(NAME), await files.get(OTHER)]).toEqual(['b', 'c']);
  const path = join(folder, 'reports/weekly/20261130T060000Z.csv');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  utimesSync(path, 1, 1);
  await files.dropBefore(2_000);
  expect([await files.get(NAME), await files.get(OTHER)]).toEqual([undefined, 'c']);
});

test.each(['../x', 'a/b', '', '..'])('a name like "%s" leads nowhere', async (made) => {
  const files = new FolderReportFiles(folder);
  await expect(files.get({ ...NAME, made })).rejects.toThrow('is no name of a file');
  await expect(files.put({ ...NAME, report: made }, '')).rejects.toThrow('is no name of a file');
});

test('what is no missing file is thrown', async () => {
  const files = new FolderReportFiles(join(folder, 'as-folder'));
  await files.put({ ...NAME, format: 'html' }, 'x');
  await expect(new FolderReportFiles('\0').get(NAME)).rejects.toThrow();
  await expect(new FolderReportFiles('\0').dropBefore(0)).rejects.toThrow();
});

test('in a bucket a file has its type, and one that is not there is none', async () => {
  const files = new S3ReportFiles(new S3Client({}), 'bucket');
  s3.on(PutObjectCommand).resolves({});
  await files.put(NAME, 'a,b');
  expect(s3.commandCalls(PutObjectCommand)[0]?.args[0].input).toEqual({
    ...{ Bucket: 'bucket', Key: 'reports/weekly/20261130T060000Z.csv', Body: 'a,b' },
    ContentType: 'text/csv; charset=utf-8; header=present',
  });
  s3.on(GetObjectCommand).rejects(new NoSuchKey({ message: 'none', $metadata: {} }));
  expect(await files.get(NAME)).toBeUndefined();
  s3.on(GetObjectCommand).rejects(new Error('denied'));
  await expect(files.get(NAME)).rejects.toThrow('denied');
  s3.on(GetObjectCommand).resolves({});
  expect(await files.get(NAME)).toBeUndefined();
  await files.dropBefore();
});

test('a function finds its bucket in its environment', () => {
  expect(connectReportFiles({ REPORT_BUCKET: 'bucket' })).toBeInstanceOf(S3ReportFiles);
  expect(() => connectReportFiles({})).toThrow();
});
