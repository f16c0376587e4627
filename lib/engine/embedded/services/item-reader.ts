import * as z from 'zod';
import { isJsonObject, type Json } from '#core/json.ts';
import { readInventory } from './inventory.ts';
import { checkHeaders, itemsFromCsv, itemsFromJson, itemsFromJsonLines } from './item-formats.ts';
import type { ObjectStore, ObjectSummary } from './object-store.ts';
import { readerFailed } from './reader-failed.ts';
import { ServiceFailure } from './service-failure.ts';

/** How a dataset is read (AWS Step Functions, "ItemReader"), with `MaxItemsPath` and expressions evaluated. */
export const ReaderConfigSchema = z.object({
  InputType: z.enum(['JSON', 'JSONL', 'CSV', 'MANIFEST']).optional(),
  ManifestType: z.enum(['S3_INVENTORY', 'ATHENA_DATA']).default('S3_INVENTORY'),
  CSVDelimiter: z.enum(['COMMA', 'PIPE', 'SEMICOLON', 'SPACE', 'TAB']).default('COMMA'),
  CSVHeaderLocation: z.enum(['FIRST_ROW', 'GIVEN']).optional(),
  CSVHeaders: z.array(z.string()).optional(),
  ItemsPointer: z.string().optional(),
  /** Items to read at most; 0: all of them. */
  MaxItems: z.number().int().optional(),
});

/** See {@link ReaderConfigSchema}. */
export type ReaderConfig = z.infer<typeof ReaderConfigSchema>;

/** A dataset: by what action it is read, its arguments, and how it is written. */
export interface ItemReader {
  /** `arn:aws:states:::s3:getObject` or `arn:aws:states:::s3:listObjectsV2`. */
  readonly resource: string;
  readonly args: Json;
  readonly config: ReaderConfig;
}

/** Items that a dataset may have; more are not read (AWS Step Functions, "ItemReader", MaxItems). */
const MOST_ITEMS = 100_000_000;

/**
 * Reads the items of a dataset, one after the other, in bounded memory (JSON excepted, which is read whole, up to 64 MiB).
 * Throws States.ItemReaderFailed.
 */
export async function* readItems(store: ObjectStore, reader: ItemReader): AsyncGenerator<Json> {
  const { MaxItems: most = 0 } = reader.config;
  if (most < 0) throw readerFailed('field MaxItems must be positive');
  const limit = most === 0 ? MOST_ITEMS : most;
  let count = 0;
  try {
    for await (const item of openItems(store, reader)) {
      yield item;
      count += 1;
      if (count >= limit) return;
    }
  } catch (error) {
    throw error instanceof ServiceFailure ? readerFailed(error.message, error) : error;
  }
}

function openItems(store: ObjectStore, { resource, args, config }: ItemReader): AsyncIterable<Json> {
  const action = /^arn:[\w-]+:states:::s3:(getObject|listObjectsV2)$/.exec(resource)?.[1];
  if (action === undefined) throw readerFailed(`The resource '${resource}' reads no items`);
  const bucket = textOf(args, 'Bucket');
  if (action === 'listObjectsV2') return listed(store.list(bucket, textOf(args, 'Prefix', '')));
  return objectItems(store, { bucket, key: textOf(args, 'Key') }, config);
}

async function* objectItems(
  store: ObjectStore,
  { bucket, key }: { readonly bucket: string; readonly key: string },
  config: ReaderConfig,
): AsyncGenerator<Json> {
  if (config.CSVHeaders !== undefined) checkHeaders(config.CSVHeaders);
  const content = await store.get(bucket, key);
  switch (config.InputType ?? typeOf(key)) {
    case 'CSV':
      return yield* itemsFromCsv(content, csvOptions(config));
    case 'JSONL':
      return yield* itemsFromJsonLines(content);
    case 'MANIFEST':
      return yield* readInventory(store, content, config.ManifestType);
    default:
      return yield* itemsFromJson(content, config.ItemsPointer);
  }
}

/** Where no type is said, the end of the key says it; else it is JSON. */
function typeOf(key: string): 'CSV' | 'JSONL' | 'JSON' {
  if (key.endsWith('.csv')) return 'CSV';
  return key.endsWith('.jsonl') ? 'JSONL' : 'JSON';
}

const DELIMITERS = { COMMA: ',', PIPE: '|', SEMICOLON: ';', SPACE: ' ', TAB: '\t' };

function csvOptions(config: ReaderConfig): { delimiter: string; headers: readonly string[] | undefined } {
  const { CSVHeaderLocation: location, CSVHeaders: headers, CSVDelimiter: delimiter } = config;
  if (location === 'GIVEN' && headers === undefined) {
    throw readerFailed('CSVHeaders must be given when CSVHeaderLocation is GIVEN');
  }
  return { delimiter: DELIMITERS[delimiter], headers: location === 'FIRST_ROW' ? undefined : headers };
}

/** Objects of a bucket as items; they name their time in seconds. */
async function* listed(pages: AsyncIterable<readonly ObjectSummary[]>): AsyncGenerator<Json> {
  for await (const page of pages) {
    for (const { key, etag, size, lastModified, storageClass } of page) {
      yield {
        Etag: etag,
        Key: key,
        LastModified: Math.floor(lastModified / 1_000),
        Size: size,
        StorageClass: storageClass,
      };
    }
  }
}

function textOf(args: Json, name: string, otherwise?: string): string {
  const value = isJsonObject(args) ? (args[name] ?? otherwise) : otherwise;
  if (typeof value === 'string') return value;
  throw readerFailed(`The argument '${name}' of the ItemReader is missing, or no text`);
}
