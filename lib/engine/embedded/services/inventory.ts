import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import * as z from 'zod';
import type { Json } from '#core/json.ts';
import { type Content, rowsOf, textOf } from './item-formats.ts';
import type { ObjectStore } from './object-store.ts';
import { readerFailed } from './reader-failed.ts';

/** What is read of the manifest of an S3 inventory (Amazon S3, "Amazon S3 Inventory: Inventory manifest"). */
const InventorySchema = z.object({
  destinationBucket: z.string(),
  fileFormat: z.string(),
  fileSchema: z.string(),
  files: z.array(z.object({ key: z.string() })),
});

/** The objects that an S3 inventory lists, by the manifest of it. Inventories in CSV are read, those in ORC and Parquet not. */
export async function* readInventory(
  store: ObjectStore,
  content: Content,
  type: 'S3_INVENTORY' | 'ATHENA_DATA',
): AsyncGenerator<Json> {
  if (type === 'ATHENA_DATA') throw readerFailed('Manifests of Athena are not read by the embedded engine');
  const manifest = parseManifest(await textOf(content));
  const columns = manifest.fileSchema.split(',').map((column) => column.trim());
  const bucket = manifest.destinationBucket.replace(/^arn:[\w-]+:s3:::/, '');
  for (const { key } of manifest.files) {
    const file = await store.get(bucket, key);
    for await (const row of rowsOf(key.endsWith('.gz') ? unzipped(file) : file, ',')) {
      yield Object.fromEntries(columns.map((column, index) => [column, row[index] ?? '']));
    }
  }
}

function parseManifest(text: string): z.infer<typeof InventorySchema> {
  const parsed = InventorySchema.safeParse(parseText(text));
  if (!parsed.success) throw readerFailed('The object is no manifest of an S3 inventory');
  if (parsed.data.fileFormat.toUpperCase() === 'CSV') return parsed.data;
  throw readerFailed(`Inventories are read in CSV, not in ${parsed.data.fileFormat}`);
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function* unzipped(file: Content): AsyncGenerator<Uint8Array> {
  const source = Readable.from(file);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  try {
    for await (const chunk of source.pipe(gunzip)) yield chunk;
  } catch (error) {
    throw readerFailed(`A file of the inventory is not readable: ${String(error)}`, error);
  } finally {
    source.destroy();
  }
}
