import { createHash } from 'node:crypto';
import * as z from 'zod';
import { taskId } from '#compiler/task-id.ts';
import type { StepTask } from '#compiler/task-payload.ts';
import type { Clock } from '#core/clock.ts';
import { type Json, JsonSchema } from '#core/json.ts';
import { cacheKeys, executionKeys, taskKeys } from '#table/keys.ts';
import { queryAll, type Table } from '#table/table.ts';

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

/** The same for a task of a step; where there is one, it is noted that the step was answered so. */
export async function cachedResultForTask(
  ports: CachePorts,
  { cache, ...task }: CachedTask,
): Promise<{ result: Json } | undefined> {
  const known = cache && (await cachedResult(ports, cache.key));
  if (known === undefined) return undefined;
  await ports.table.put({ ...taskKeys.cached(taskId(task)), key: cache?.key ?? '', at: ports.clock.now() });
  return known;
}

/** A task whose result may be shared. */
export interface CachedTask extends Pick<StepTask, 'execution' | 'path' | 'attempt'> {
  readonly cache?: CacheUse | undefined;
}

/** Paths of the steps of an execution that were answered by results that equal runs had left. */
export async function cachedStepsOf(table: Table, execution: string): Promise<ReadonlySet<string>> {
  const query = { partition: executionKeys.partition(execution), prefix: taskKeys.cachedPrefix };
  const items = await Array.fromAsync(queryAll(table, query));
  return new Set(items.map(({ sk }) => sk.slice(taskKeys.cachedPrefix.length).replace(/:\d+$/, '')));
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
  task: CachedTask,
  work: () => Promise<Json>,
): Promise<Json> {
  const known = await cachedResultForTask(ports, task);
  if (known !== undefined) return known.result;
  const result = await work();
  if (task.cache !== undefined) await keepResult(ports, task.cache, result);
  return result;
}

function hashOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
