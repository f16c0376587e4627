import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import * as z from 'zod';
import { alertEvaluationKeys } from '#table/alert-evaluation-keys.ts';
import { queryAll, type Table } from '#table/table.ts';
import { type SavedWindows, SavedWindowsSchema } from '../evaluator.ts';

/** Where windows are on record. */
export const WindowsPlaceSchema = z.object({ id: z.string(), parts: z.number().int() });

/** Where windows are on record. */
export type WindowsPlace = z.infer<typeof WindowsPlaceSchema>;

const PartSchema = z.object({ text: z.string() });

/** An item holds 400 KB. */
const PART_CHARACTERS = 300_000;
/** Larger ones are not kept: they are made again of the events. */
const MOST_PARTS = 16;
/** Longest text of windows that is packed, in characters: packing takes a second for so many. */
const MOST_CHARACTERS = 50_000_000;
/** What is older than the events that are kept is of no use. In seconds. */
const KEEP_SECONDS = 8 * 86_400;

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** Puts windows on record, packed, in parts. Undefined where they are too large. */
export async function putWindows(
  table: Table,
  windows: SavedWindows,
  { id, now }: { readonly id: string; readonly now: number },
): Promise<WindowsPlace | undefined> {
  const text = JSON.stringify(windows);
  if (text.length > MOST_CHARACTERS) return undefined;
  const packed = (await pack(text)).toString('base64');
  const parts = Math.ceil(packed.length / PART_CHARACTERS);
  if (parts > MOST_PARTS) return undefined;
  const expiresAt = Math.ceil(now / 1_000) + KEEP_SECONDS;
  await table.putAll(
    Array.from({ length: parts }, (_, part) => ({
      ...alertEvaluationKeys.windows(id, part),
      text: packed.slice(part * PART_CHARACTERS, (part + 1) * PART_CHARACTERS),
      expiresAt,
    })),
  );
  return { id, parts };
}

/** Windows that are on record; undefined where parts of them are not there, or not understood by this version. */
export async function readWindows(
  table: Table,
  { id, parts }: WindowsPlace,
): Promise<SavedWindows | undefined> {
  const { partition, windowsPrefix } = alertEvaluationKeys;
  const query = { partition, prefix: windowsPrefix(id), limit: MOST_PARTS };
  const items = await Array.fromAsync(queryAll(table, query));
  if (items.length !== parts) return undefined;
  const packed = items.map((item) => PartSchema.parse(item).text).join('');
  try {
    const text = (await unpack(Buffer.from(packed, 'base64'))).toString('utf8');
    return SavedWindowsSchema.parse(JSON.parse(text));
  } catch {
    // Of another version, or damaged: they are made again of the events.
    return undefined;
  }
}

/** Takes windows from the record. */
export async function deleteWindows(table: Table, { id, parts }: WindowsPlace): Promise<void> {
  for (let part = 0; part < parts; part++) await table.delete(alertEvaluationKeys.windows(id, part));
}
