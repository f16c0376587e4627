import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '#core/clock.ts';
import { type Json, JsonSchema } from '#core/json.ts';
import { cacheKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';

/** What keeping results takes. */
export interface CachePorts {
  readonly table: Table;
  readonly clock: Clock;
}

/** How a step's result is shared. */
export interface CacheUse {
  readonly key: string;
  readonly ttlSeconds: number;
}

const EntrySchema = z.object({ key: z.string(), result: JsonSchema, until: z.number() });

/** A result that an equal run has left, or undefined where there is none that is still good. */
export async function cachedResult(
  { table, clock }: CachePorts,
  key: string,
): Promise<{ result: Json } | undefined> {
  const item = await table.get(cacheKeys.result(hashOf(key)));
  if (item === undefined) return undefined;
  const entry = EntrySchema.parse(item);
  return entry.key === key && clock.now() < entry.until ? { result: entry.result } : undefined;
}

/** Leaves a result for equal runs. */
export async function keepResult(
  { table, clock }: CachePorts,
  { key, ttlSeconds }: CacheUse,
  result: Json,
): Promise<void> {
  const until = clock.now() + ttlSeconds * 1_000;
  const expiresAt = Math.ceil(until / 1_000);
  await table.put({ ...cacheKeys.result(hashOf(key)), key, result, until, expiresAt });
}

/** The result that an equal run has left, or what the work gives, which is left in turn. */
export async function withCache(
  ports: CachePorts,
  use: CacheUse | undefined,
  work: () => Promise<Json>,
): Promise<Json> {
  if (use === undefined) return work();
  const known = await cachedResult(ports, use.key);
  if (known !== undefined) return known.result;
  const result = await work();
  await keepResult(ports, use, result);
  return result;
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
