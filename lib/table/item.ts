import { z } from 'zod';
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
