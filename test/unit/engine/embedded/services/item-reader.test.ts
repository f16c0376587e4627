import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json } from '#core/json.ts';
import { ReaderConfigSchema, readItems } from '#engine/embedded/services/item-reader.ts';
import type { ObjectStore } from '#engine/embedded/services/object-store.ts';
import { failureOf } from './calls.ts';
import { storeOf } from './stored.ts';

const GET = 'arn:aws:states:::s3:getObject';

interface Reading {
  readonly store?: ObjectStore;
  readonly resource?: string;
  readonly args?: Json;
}

function read(content: string | Buffer, config: object, reading: Reading = {}): Promise<Json[]> {
  const { store = storeOf({ 'b/file': content }, { piecemeal: true }), resource = GET } = reading;
  const args = reading.args ?? { Bucket: 'b', Key: 'file' };
  return Array.fromAsync(readItems(store, { resource, args, config: ReaderConfigSchema.parse(config) }));
}

function causeOf(reading: Promise<Json[]>): Promise<{ name: string; cause: string }> {
  return failureOf(reading);
}

// The file of the runs recorded on AWS.
const FILE =
  "Col1,Col2,Col3\nValue1,Value2,Value3\nValue4,Value5,Value6\n,,,\ntrue,1,'HelloWorld'\nNull,None,\n   \n";

const row = (names: readonly string[], ...values: readonly string[]): Json =>
  Object.fromEntries(names.map((name, index) => [name, values[index] ?? '']));

describe('a CSV file', () => {
  const names = ['Col1', 'Col2', 'Col3'];

  test('has its headers in its first row, and texts in all others', async () => {
    expect(await read(FILE, { InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' })).toEqual([
      row(names, 'Value1', 'Value2', 'Value3'),
      row(names, 'Value4', 'Value5', 'Value6'),
      row(names, '', '', ''),
      row(names, 'true', '1', "'HelloWorld'"),
      row(names, 'Null', 'None', ''),
      row(names, '   ', '', ''),
    ]);
  });

  test('has headers that are given, and its first row is an item', async () => {
    const config = { InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['H1'] };
    const [first, second] = await read(FILE, config);
    expect([first, second]).toEqual([{ H1: 'Col1' }, { H1: 'Value1' }]);
  });

  test.each([
    ['COMMA', 'a,b\n1,2'],
    ['PIPE', 'a|b\n1|2'],
    ['SEMICOLON', 'a;b\n1;2'],
    ['SPACE', 'a b\n1 2'],
    ['TAB', 'a\tb\r\n1\t2\r\n'],
  ])('is read with the delimiter %s', async (delimiter, content) => {
    expect(await read(content, { InputType: 'CSV', CSVDelimiter: delimiter })).toEqual([{ a: '1', b: '2' }]);
  });

  test('keeps what stands in quotes, and takes off a byte order mark', async () => {
    const content = '\uFEFF"a","b"\r\n"x, y","say ""hi""\nnow"\r\n';
    expect(await read(content, { InputType: 'CSV' })).toEqual([{ a: 'x, y', b: 'say "hi"\nnow' }]);
  });

  test('of any rows gives those rows', async () => {
    const field = fc.string({ unit: 'binary' }).filter((text) => !text.includes('\r'));
    const rows = fc.array(fc.tuple(field, fc.constant('.')), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(rows, async (written) => {
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const content = ['a,b', ...written.map((fields) => fields.map(quote).join(','))].join('\n');
        const items = await read(Buffer.from(content), { InputType: 'CSV' });
        expect(items).toEqual(written.map(([a, b]) => ({ a, b })));
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    [FILE, { CSVHeaderLocation: 'GIVEN', CSVHeaders: ['H', 'H'] }, 'CSV headers cannot contain duplicates.'],
    ['a,a\n1,2', {}, 'CSV headers cannot contain duplicates.'],
    [FILE, { CSVHeaderLocation: 'GIVEN' }, 'CSVHeaders must be given when CSVHeaderLocation is GIVEN'],
    [`${'x'.repeat(10_241)}\n1`, {}, 'CSV headers cannot have more than 10240 bytes.'],
    ['a,b\n"x', {}, 'The object is no CSV: '],
  ])('%.20j with %j cannot be read', async (content, config, cause) => {
    expect(await causeOf(read(content, { InputType: 'CSV', ...config }))).toEqual({
      name: 'States.ItemReaderFailed',
      cause: expect.stringContaining(cause),
    });
  });
});

describe('a JSON file', () => {
  test.each<[Json, object, Json[]]>([
    [[1, 'a', null], {}, [1, 'a', null]],
    [{ a: { 'b/c': [1, 2] } }, { ItemsPointer: '/a/b~1c' }, [1, 2]],
    [[[1], [2]], { ItemsPointer: '/1' }, [2]],
    [[], {}, []],
  ])('%j with %j has the items %j', async (document, config, items) => {
    expect(await read(JSON.stringify(document), { InputType: 'JSON', ...config })).toEqual(items);
  });

  test.each([
    ['{"a":1}', {}, 'Attempting to map over non-iterable node.'],
    ['{"a":[1]}', { ItemsPointer: '/b' }, 'Attempting to map over non-iterable node.'],
    ['{"a":[1]}', { ItemsPointer: '/__proto__' }, 'Attempting to map over non-iterable node.'],
    ['[1]', { ItemsPointer: 'a' }, "The ItemsPointer 'a' is no JSON Pointer"],
    ['[1', {}, 'The object is no JSON: '],
  ])('%s with %j cannot be read', async (content, config, cause) => {
    expect(await causeOf(read(content, { InputType: 'JSON', ...config }))).toEqual({
      name: 'States.ItemReaderFailed',
      cause: expect.stringContaining(cause),
    });
  });
});

describe('JSON Lines', () => {
  test('are items, in whatever pieces they come', async () => {
    expect(await read('{"a":"ü"}\n\n[1]\r\n"x"', { InputType: 'JSONL' })).toEqual([{ a: 'ü' }, [1], 'x']);
  });

  test('that are no JSON are told by their number', async () => {
    expect((await causeOf(read('1\n{', { InputType: 'JSONL' }))).cause).toContain('Line 2 is no JSON');
  });

  test('are bounded', async () => {
    const store = storeOf({ 'b/file': `"${'x'.repeat(11 * 1024 * 1024)}"` });
    expect((await causeOf(read('', { InputType: 'JSONL' }, { store }))).cause).toBe(
      'A line has more than 10485760 bytes',
    );
  });
});

describe('an inventory', () => {
  const manifest = {
    ...{ sourceBucket: 's', destinationBucket: 'arn:aws:s3:::d', fileFormat: 'CSV' },
    ...{ fileSchema: 'Bucket, Key, Size', files: [{ key: 'one.csv.gz' }, { key: 'two.csv' }] },
  };

  function readManifest(content: object, config = {}): Promise<Json[]> {
    const store = storeOf({
      'b/file': JSON.stringify(content),
      'd/one.csv.gz': gzipSync('"s","a%20b","1"\n"s","c","2"\n'),
      'd/two.csv': '"s","d","3"\n',
      'd/bad.csv.gz': 'no gzip',
    });
    return read('', { InputType: 'MANIFEST', ...config }, { store });
  }

  test('lists objects in its files', async () => {
    expect(await readManifest(manifest)).toEqual([
      { Bucket: 's', Key: 'a%20b', Size: '1' },
      { Bucket: 's', Key: 'c', Size: '2' },
      { Bucket: 's', Key: 'd', Size: '3' },
    ]);
  });

  test.each([
    [{ ...manifest, fileFormat: 'ORC' }, {}, 'Inventories are read in CSV, not in ORC'],
    [{ files: [] }, {}, 'The object is no manifest of an S3 inventory'],
    [{ ...manifest, files: [{ key: 'bad.csv.gz' }] }, {}, 'A file of the inventory is not readable'],
    [{ ...manifest, files: [{ key: 'gone.csv' }] }, {}, 'no gone.csv'],
    [manifest, { ManifestType: 'ATHENA_DATA' }, 'Manifests of Athena are not read'],
  ])('of %j with %j cannot be read', async (content, config, cause) => {
    expect(await causeOf(readManifest(content, config))).toEqual({
      name: 'States.ItemReaderFailed',
      cause: expect.stringContaining(cause),
    });
  });
});

describe('a dataset', () => {
  test('of the objects of a bucket has their names, sizes and times', async () => {
    const store = storeOf({ 'b/in/x': 'abc', 'b/out/y': '' });
    const resource = 'arn:aws:states:::s3:listObjectsV2';
    expect(await read('', {}, { store, resource, args: { Bucket: 'b', Prefix: 'in/' } })).toEqual([
      { Etag: '"in/x"', Key: 'in/x', LastModified: 1_700_000_000, Size: 3, StorageClass: 'STANDARD' },
    ]);
    expect(await read('', {}, { store, resource, args: { Bucket: 'b' } })).toHaveLength(2);
  });

  test.each([
    [0, 3],
    [2, 2],
    [100_000_001, 3],
    [undefined, 3],
  ])('with MaxItems %j of three has %i items', async (most, count) => {
    expect(await read('[1,2,3]', most === undefined ? {} : { MaxItems: most })).toHaveLength(count);
  });

  test('is not read past the items that are wanted', async () => {
    expect(await read('1\n{', { InputType: 'JSONL', MaxItems: 1 })).toEqual([1]);
  });

  test('with MaxItems below 0 cannot be read', async () => {
    expect(await causeOf(read('[1]', { MaxItems: -1 }))).toEqual({
      name: 'States.ItemReaderFailed',
      cause: 'field MaxItems must be positive',
    });
  });

  test.each([
    ['file.csv', 'a\n1', [{ a: '1' }]],
    ['file.jsonl', '1\n2', [1, 2]],
    ['file.json', '[3]', [3]],
    ['file', '[4]', [4]],
  ])('without a type is what %s says', async (key, content, items) => {
    const store = storeOf({ [`b/${key}`]: content });
    expect(await read('', {}, { store, args: { Bucket: 'b', Key: key } })).toEqual(items);
  });

  test.each<[Reading, string]>([
    [{ args: { Bucket: 'b', Key: 'gone' } }, 'no gone'],
    [{ args: { Bucket: 'b' } }, "The argument 'Key' of the ItemReader is missing, or no text"],
    [{ args: [] }, "The argument 'Bucket' of the ItemReader is missing, or no text"],
    [{ resource: 'arn:aws:states:::s3:putObject' }, 'reads no items'],
  ])('by %j cannot be read', async (reading, cause) => {
    expect(await causeOf(read('[]', {}, reading))).toEqual({
      name: 'States.ItemReaderFailed',
      cause: expect.stringContaining(cause),
    });
  });
});
