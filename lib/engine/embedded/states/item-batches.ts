import type { Json } from '#core/json.ts';
import { StateFault } from '../failure.ts';
import { numberOf } from '../field-number.ts';
import type { Fields } from '../query/query.ts';
import type { MapTry } from './map.ts';

/** What each child of a distributed Map gets: an item, or with an ItemBatcher `{ BatchInput, Items }` of several. */
export async function batchesOf(
  tried: MapTry,
  items: readonly Json[],
  inputOf: (index: number, value: Json) => Promise<Json>,
): Promise<readonly Json[]> {
  const inputs: Json[] = [];
  for (const [index, item] of items.entries()) inputs.push(await inputOf(index, item));
  const { ItemBatcher } = tried.state;
  if (ItemBatcher === undefined) return inputs;
  const most = await positive(tried, ItemBatcher, 'MaxItemsPerBatch');
  const bytes = await positive(tried, ItemBatcher, 'MaxInputBytesPerBatch');
  const common =
    ItemBatcher.BatchInput === undefined
      ? {}
      : { BatchInput: await tried.query.template(ItemBatcher.BatchInput, 'BatchInput') };
  return split(inputs, most ?? Number.POSITIVE_INFINITY, bytes ?? Number.POSITIVE_INFINITY).map((batch) => ({
    ...common,
    Items: batch,
  }));
}

function split(inputs: readonly Json[], most: number, bytes: number): readonly (readonly Json[])[] {
  const batches: Json[][] = [];
  let batch: Json[] = [];
  let size = 0;
  for (const input of inputs) {
    const length = Number.isFinite(bytes) ? Buffer.byteLength(JSON.stringify(input)) : 0;
    if (batch.length > 0 && (batch.length >= most || size + length > bytes)) {
      batches.push(batch);
      [batch, size] = [[], 0];
    }
    batch.push(input);
    size += length;
  }
  return batch.length === 0 ? batches : [...batches, batch];
}

async function positive({ query }: MapTry, holder: Fields, field: string): Promise<number | undefined> {
  const written = await query.value(holder, field);
  if (written === undefined) return undefined;
  const number = numberOf(written, 'integer');
  if (number > 0) return number;
  throw new StateFault('States.Runtime', `${written.field} must be positive, not ${number}`);
}
