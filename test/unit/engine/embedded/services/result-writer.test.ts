import { describe, expect, test } from 'vitest';
import type { ObjectStore } from '#engine/embedded/services/object-store.ts';
import {
  type ChildResult,
  transformResults,
  WriterConfigSchema,
  writeResults,
} from '#engine/embedded/services/result-writer.ts';
import { ServiceFailure } from '#engine/embedded/services/service-failure.ts';
import { failureOf } from './calls.ts';
import { storeOf } from './stored.ts';

const RUN = 'arn:aws:states:us-east-1:1:mapRun:machine/Label:0a1b';

const GOOD: ChildResult = {
  ...{ status: 'SUCCEEDED', input: { a: 1 }, output: [1, 2], name: 'n', executionArn: 'arn:e' },
  ...{ stateMachineArn: 'arn:m', startedAt: '2025-01-01T00:00:00Z', endedAt: '2025-01-01T00:00:01Z' },
};
const BAD: ChildResult = {
  status: 'TIMED_OUT',
  input: 'x',
  error: 'States.Timeout',
  cause: 'late',
  name: 'f',
};
const NOT_BEGUN: ChildResult = { status: 'PENDING', input: null };

const GOOD_RECORD = {
  ...{ ExecutionArn: 'arn:e', Input: '{"a":1}', InputDetails: { Included: true }, Name: 'n' },
  ...{ Output: '[1,2]', OutputDetails: { Included: true }, StartDate: '2025-01-01T00:00:00Z' },
  ...{ StateMachineArn: 'arn:m', Status: 'SUCCEEDED', StopDate: '2025-01-01T00:00:01Z' },
};
const BAD_RECORD = {
  ...{ Cause: 'late', Error: 'States.Timeout', Input: '"x"', InputDetails: { Included: true } },
  ...{ Name: 'f', Status: 'TIMED_OUT' },
};
const PENDING_RECORD = { Input: 'null', InputDetails: { Included: true }, Status: 'PENDING' };

async function write(config: object, results: readonly ChildResult[], prefix = 'jobs/') {
  const store = storeOf({});
  const destination = { bucket: 'b', prefix, mapRunArn: RUN, config: WriterConfigSchema.parse(config) };
  const output = await writeResults(store, destination, results);
  return { output, files: Object.fromEntries(store.written) };
}

describe('results', () => {
  test('are written by how they ended, with a manifest', async () => {
    const { output, files } = await write({}, [GOOD, BAD, NOT_BEGUN]);
    expect(output).toEqual({
      MapRunArn: RUN,
      ResultWriterDetails: { Bucket: 'b', Key: 'jobs/0a1b/manifest.json' },
    });
    const parsed = Object.fromEntries(Object.entries(files).map(([key, text]) => [key, JSON.parse(text)]));
    const sized = (key: string) => [{ Key: key, Size: Buffer.byteLength(files[`b/${key}`] ?? '') }];
    expect(parsed).toEqual({
      'b/jobs/0a1b/SUCCEEDED_0.json': [GOOD_RECORD],
      'b/jobs/0a1b/FAILED_0.json': [BAD_RECORD],
      'b/jobs/0a1b/PENDING_0.json': [PENDING_RECORD],
      'b/jobs/0a1b/manifest.json': {
        DestinationBucket: 'b',
        MapRunArn: RUN,
        ResultFiles: {
          FAILED: sized('jobs/0a1b/FAILED_0.json'),
          PENDING: sized('jobs/0a1b/PENDING_0.json'),
          SUCCEEDED: sized('jobs/0a1b/SUCCEEDED_0.json'),
        },
      },
    });
  });

  test('that are none have a manifest that names no file', async () => {
    const { files } = await write({}, [], '');
    expect(Object.keys(files)).toEqual(['b/0a1b/manifest.json']);
    expect(JSON.parse(files['b/0a1b/manifest.json'] ?? '')).toMatchObject({
      ResultFiles: { FAILED: [], PENDING: [], SUCCEEDED: [] },
    });
  });

  test('as lines are in files of that name', async () => {
    const { files } = await write({ Transformation: 'COMPACT', OutputType: 'JSONL' }, [GOOD, GOOD]);
    expect(files['b/jobs/0a1b/SUCCEEDED_0.jsonl']).toBe('[1,2]\n[1,2]');
  });

  test('that are many are in several files, none of which loses any', async () => {
    const output = 'x'.repeat(3 * 1024 * 1024);
    const { files } = await write({ Transformation: 'COMPACT' }, Array(7).fill({ ...GOOD, output }));
    const parts = Object.keys(files).filter((key) => key.includes('SUCCEEDED'));
    expect(parts).toEqual(['b/jobs/0a1b/SUCCEEDED_0.json', 'b/jobs/0a1b/SUCCEEDED_1.json']);
    expect(parts.map((key) => JSON.parse(files[key] ?? '').length)).toEqual([5, 2]);
  });

  test.each([
    [{}, [GOOD_RECORD, BAD_RECORD]],
    [{ Transformation: 'COMPACT' }, [[1, 2], BAD_RECORD]],
    [{ Transformation: 'FLATTEN' }, [1, 2, BAD_RECORD]],
    [{ Transformation: 'FLATTEN', OutputType: 'JSONL' }, `1\n2\n${JSON.stringify(BAD_RECORD)}`],
  ])('by %j are given to the next state as they would be written', (config, expected) => {
    expect(transformResults(WriterConfigSchema.parse(config), [GOOD, BAD])).toEqual(expected);
  });

  test('that cannot be written fail the state', async () => {
    const store: ObjectStore = {
      ...storeOf({}),
      put: () => Promise.reject(new ServiceFailure('S3.NoSuchBucketException', 'no bucket')),
    };
    const destination = { bucket: 'b', prefix: '', mapRunArn: RUN, config: WriterConfigSchema.parse({}) };
    expect(await failureOf(writeResults(store, destination, [GOOD]))).toEqual({
      name: 'States.ResultWriterFailed',
      cause: 'no bucket',
    });
  });
});
