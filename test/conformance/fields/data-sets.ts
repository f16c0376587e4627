import { gzipSync } from 'node:zlib';
import type { Json, JsonObject } from '#core/json.ts';
import { blockOf, type FieldGroup, type FieldRow, guide, type Outcome, pass } from './field-row.ts';

const READER = guide('input-output-itemreader');
const WRITER = guide('input-output-resultwriter');

type Objects = Readonly<Record<string, string | Uint8Array>>;

/** A distributed Map over what its reader reads from the bucket `data`, in both languages. */
function reading(
  reader: JsonObject,
  objects: Objects,
  more: JsonObject = {},
): (gives: Outcome) => Pick<FieldRow, 'jsonata' | 'jsonpath'> {
  const { Resource = 'arn:aws:states:::s3:getObject', Key, ...ReaderConfig } = reader;
  const args: JsonObject = { Bucket: 'data', ...(Key === undefined ? {} : { Key }) };
  const config = Object.keys(ReaderConfig).length === 0 ? {} : { ReaderConfig };
  const map = (place: 'Arguments' | 'Parameters'): JsonObject => ({
    ...{ Type: 'Map', Label: 'L', End: true, ...more },
    ItemProcessor: {
      ...blockOf(pass()),
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    },
    ItemReader: { Resource, [place]: args, ...config },
  });
  return (gives) => ({
    jsonata: { states: { a: map('Arguments') }, objects, gives },
    jsonpath: { states: { a: map('Parameters') }, objects, gives },
  });
}

/** A distributed Map that writes what it gives to the bucket `data`, in both languages. */
function writing(
  bucket: string,
  WriterConfig: JsonObject,
  gives: Outcome,
): Pick<FieldRow, 'jsonata' | 'jsonpath'> {
  const map = (place: 'Arguments' | 'Parameters'): JsonObject => ({
    ...{ Type: 'Map', Label: 'L', End: true },
    ItemProcessor: {
      ...blockOf(pass()),
      ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'STANDARD' },
    },
    ResultWriter: {
      ...{ Resource: 'arn:aws:states:::s3:putObject', WriterConfig },
      [place]: { Bucket: bucket, Prefix: 'out' },
    },
  });
  const common = { input: [1, 2] satisfies Json, objects: { kept: '' }, gives };
  return {
    jsonata: { states: { a: map('Arguments') }, ...common },
    jsonpath: { states: { a: map('Parameters') }, ...common },
  };
}

const INVENTORY = JSON.stringify({
  ...{ destinationBucket: 'arn:aws:s3:::data', fileFormat: 'CSV', fileSchema: 'Bucket, Key' },
  files: [{ key: 'part.csv.gz' }],
});

const WRITTEN: Outcome = {
  output: {
    MapRunArn: '<arn>',
    ResultWriterDetails: { Bucket: 'data', Key: 'out/<run>/manifest.json' },
  },
};

/** Where distributed Maps read items and write results. */
export const DATA_SETS: FieldGroup = {
  title: 'Datasets of distributed Maps',
  rows: [
    {
      field: 'ItemReader: JSON',
      source: READER,
      ...reading(
        { Key: 'i.json', InputType: 'JSON' },
        { 'i.json': '[1,{"a":2}]' },
      )({ output: [1, { a: 2 }] }),
    },
    {
      field: 'ItemReader: JSON Lines',
      source: READER,
      ...reading(
        { Key: 'i.jsonl', InputType: 'JSONL' },
        { 'i.jsonl': '{"a":1}\n{"a":2}\n' },
      )({
        output: [{ a: 1 }, { a: 2 }],
      }),
    },
    {
      field: 'ItemReader: CSV, CSVHeaderLocation FIRST_ROW',
      source: READER,
      ...reading(
        { Key: 'i.csv', InputType: 'CSV', CSVHeaderLocation: 'FIRST_ROW' },
        { 'i.csv': 'a,b\n1,"x, y"\n' },
      )({ output: [{ a: '1', b: 'x, y' }] }),
    },
    {
      field: 'ItemReader: CSV, CSVHeaders, CSVDelimiter',
      source: READER,
      ...reading(
        {
          ...{ Key: 'i.csv', InputType: 'CSV', CSVHeaderLocation: 'GIVEN', CSVHeaders: ['a', 'b'] },
          CSVDelimiter: 'SEMICOLON',
        },
        { 'i.csv': '1;2\n3;4\n' },
      )({
        output: [
          { a: '1', b: '2' },
          { a: '3', b: '4' },
        ],
      }),
    },
    {
      field: 'ItemReader: MANIFEST of an S3 inventory',
      source: READER,
      ...reading(
        { Key: 'manifest.json', InputType: 'MANIFEST' },
        { 'manifest.json': INVENTORY, 'part.csv.gz': gzipSync('"b","k1"\n"b","k2"\n') },
      )({
        output: [
          { Bucket: 'b', Key: 'k1' },
          { Bucket: 'b', Key: 'k2' },
        ],
      }),
    },
    {
      field: 'ItemReader: s3:listObjectsV2',
      source: READER,
      ...reading(
        { Resource: 'arn:aws:states:::s3:listObjectsV2' },
        { one: 'text' },
      )({
        output: [
          { Etag: '<etag>', Key: 'one', LastModified: 'timestamp', Size: 4, StorageClass: 'STANDARD' },
        ],
      }),
    },
    {
      field: 'ReaderConfig: MaxItems',
      source: READER,
      ...reading(
        { Key: 'i.json', InputType: 'JSON', MaxItems: 2 },
        { 'i.json': '[1,2,3]' },
      )({
        output: [1, 2],
      }),
    },
    {
      field: 'States.ItemReaderFailed of an object that is not there',
      source: READER,
      ...reading(
        { Key: 'none.json', InputType: 'JSON' },
        { 'i.json': '[]' },
      )({
        error: 'States.ItemReaderFailed',
      }),
    },
    {
      field: 'States.ItemReaderFailed of what is no array',
      source: READER,
      ...reading(
        { Key: 'i.json', InputType: 'JSON' },
        { 'i.json': '{"a":1}' },
      )({
        error: 'States.ItemReaderFailed',
      }),
    },
    { field: 'ResultWriter', source: WRITER, ...writing('data', {}, WRITTEN) },
    {
      field: 'WriterConfig: Transformation, OutputType',
      source: WRITER,
      ...writing('data', { Transformation: 'COMPACT', OutputType: 'JSONL' }, WRITTEN),
    },
    {
      field: 'States.ResultWriterFailed of a bucket that is not there',
      source: WRITER,
      ...writing('none', {}, { error: 'States.ResultWriterFailed' }),
    },
  ],
};
