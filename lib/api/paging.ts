import * as z from 'zod';

const MAX_LIMIT = 1_000;

/** Which page of a list is asked for. */
export const PageQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_LIMIT).optional().describe('At most this many; default 100.'),
  cursor: z.string().optional().describe('The `cursor` of the page before.'),
});

/** A page of a list, under its own name. */
export function pageSchema<Name extends string, Entry extends z.ZodType>(name: Name, entry: Entry) {
  return z.object({
    [name]: z.array(entry),
    cursor: z.string().optional().describe('There when there may be more: asks for the next page.'),
  });
}

/** What a query of the store takes of a page's query. */
export function pageOf({ limit, cursor }: z.infer<typeof PageQuerySchema>): {
  limit?: number;
  cursor?: string;
} {
  return { ...(limit === undefined ? {} : { limit }), ...(cursor === undefined ? {} : { cursor }) };
}
