import * as z from 'zod';
import { executionKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';

const OriginSchema = z.object({ workflow: z.string(), version: z.string() });

/** Which workflow a command was issued by, and which version of it. */
export type Origin = z.infer<typeof OriginSchema>;

/** The workflow that an execution runs; undefined where there is no such execution. */
export async function originOf(table: Table, execution: string): Promise<Origin | undefined> {
  const item = await table.get(executionKeys.meta(execution));
  return item === undefined ? undefined : OriginSchema.parse(item);
}
