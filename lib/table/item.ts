import { z } from 'zod';
import type { Item } from './table.ts';

/** Checks what comes out of a store: an object with its key. */
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
  .catchall(z.json());
