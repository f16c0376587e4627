import type { Json } from '#core/json.ts';
import { StateFault } from '../failure.ts';
import { numberOf } from '../field-number.ts';
import type { Fields } from '../query/query.ts';
import type { MapTry } from './map.ts';

/** What a child of a distributed Map works on. */
export interface ItemBatch {
  /** How many items. */
  readonly items: number;
  /** Makes its input: an item, or with an ItemBatcher `{ BatchInput, Items }` of several. */
  input(): Promise<Json>;
}

/** The batches of a distributed Map, one after the other, so that not all their inputs are there at once. */
export interface ItemBatches {
  /** How many there are; undefined where their sizes in bytes decide. */
  readonly count: number | undefined;
  batches(): AsyncGenerator<ItemBatch>;
}

type InputOf = (index: number, value: Json) => Promise<Json>;

/** Puts items into batches, as the ItemBatcher says; without one, each stands alone. */
export async function batchesOf(
  tried: MapTry,
  items: readonly Json[],
  inputOf: InputOf,
): Promise<ItemBatches> {
  const { ItemBatcher } = tried.state;
  if (ItemBatcher === undefined) {
    return { count: items.length, batches: () => single(items, inputOf) };
  }
  const most = await positive(tried, ItemBatcher, 'MaxItemsPerBatch');
  const bytes = await positive(tried, ItemBatcher, 'MaxInputBytesPerBatch');
  const common =
    ItemBatcher.BatchInput === undefined
      ? {}
      : { BatchInput: await tried.query.template(ItemBatcher.BatchInput, 'BatchInput') };
  const toInput = (batch: readonly Json[]): Json => ({ ...common, Items: batch });
  if (bytes === undefined) {
    const size = most ?? Math.max(items.length, 1);
    const slices = { size, toInput };
    return { count: Math.ceil(items.length / size), batches: () => bySize(items, inputOf, slices) };
  }
  const bounds = { bytes, most: most ?? Number.POSITIVE_INFINITY, toInput };
  return { count: undefined, batches: () => byBytes(items, inputOf, bounds) };
}

async function* single(items: readonly Json[], inputOf: InputOf): AsyncGenerator<ItemBatch> {
  for (const [index, item] of items.entries()) yield { items: 1, input: () => inputOf(index, item) };
}

interface Slices {
  readonly size: number;
  toInput(batch: readonly Json[]): Json;
}

async function* bySize(
  items: readonly Json[],
  inputOf: InputOf,
  { size, toInput }: Slices,
): AsyncGenerator<ItemBatch> {
  for (let from = 0; from < items.length; from += size) {
    const batch = items.slice(from, from + size);
    const input = async (): Promise<Json> => {
      const inputs: Json[] = [];
      for (const [index, item] of batch.entries()) inputs.push(await inputOf(from + index, item));
      return toInput(inputs);
    };
    yield { items: batch.length, input };
  }
}

interface Bounds {
  readonly bytes: number;
  readonly most: number;
  toInput(batch: readonly Json[]): Json;
}

async function* byBytes(
  items: readonly Json[],
  inputOf: InputOf,
  { bytes, most, toInput }: Bounds,
): AsyncGenerator<ItemBatch> {
  let batch: Json[] = [];
  let size = 0;
  const take = (): ItemBatch => {
    const inputs = batch;
    [batch, size] = [[], 0];
    return { items: inputs.length, input: async () => toInput(inputs) };
  };
  for (const [index, item] of items.entries()) {
    const input = await inputOf(index, item);
    const length = Buffer.byteLength(JSON.stringify(input));
    if (batch.length > 0 && (batch.length >= most || size + length > bytes)) yield take();
    batch.push(input);
    size += length;
  }
  if (batch.length > 0) yield take();
}

async function positive({ query }: MapTry, holder: Fields, field: string): Promise<number | undefined> {
  const written = await query.value(holder, field);
  if (written === undefined) return undefined;
  const number = numberOf(written, 'integer');
  if (number > 0) return number;
  throw new StateFault('States.Runtime', `${written.field} must be positive, not ${number}`);
}
