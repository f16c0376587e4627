import * as z from 'zod';
import type { Json } from '#core/json.ts';
import type { Item } from './table.ts';

/**
 * Checks what comes out of a store: an object with its key. Its attributes are JSON by how stores keep them; to look at each
 * of them, all the way down, would take ten times as long as the rest, on every read.
 */
export const ItemSchema: z.ZodType<Item> = z
  .object({
    pk: z.string(),
    sk: z.string(),
    gsi1pk: z.string().optional(),
    gsi1sk: z.string().optional(),
    gsi2pk: z.string().optional(),
    gsi2sk: z.string().optional(),
    expiresAt: z.number().optional(),
  })
  .catchall(z.custom<Json | undefined>());

/** An item from its text. What `JSON.parse` gives is JSON, so that only the key is looked at. Throws where there is none. */
export function parseItem(text: string): Item {
  const value: unknown = JSON.parse(text);
  if (isItem(value)) return value;
  throw new Error('what is stored is no item: it has no key');
}

function isItem(value: unknown): value is Item {
  const isObject = typeof value === 'object' && value !== null;
  return (
    isObject && 'pk' in value && 'sk' in value && typeof value.pk === 'string' && typeof value.sk === 'string'
  );
}
