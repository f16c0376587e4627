import type { Json } from '#core/json.ts';
import { AnswerCache, type CacheCounts } from '#decisions/answer-cache.ts';
import type { DecideOptions } from '#decisions/decision.ts';
import type { Answer } from '#decisions/trace.ts';
import type { Table } from '#table/table.ts';
import { compiledDecision } from './decision-store.ts';

/** A version of a decision that is published, and what it is asked with. */
export interface Asked {
  readonly name: string;
  readonly version: string;
  readonly input: Json;
}

/** Answers by the table that their decisions are published in. */
const caches = new WeakMap<Table, AnswerCache>();

function cacheOf(table: Table): AnswerCache {
  const known = caches.get(table);
  if (known !== undefined) return known;
  const begun = new AnswerCache();
  caches.set(table, begun);
  return begun;
}

/**
 * Decides by a published version. What it has answered is kept in this process, and given again to who asks with the same values
 * of what it has read. Throws SW4029, and what {@link AnswerCache.decide} throws.
 */
export async function decidePublished(
  table: Table,
  { name, version, input }: Asked,
  options: DecideOptions,
): Promise<Answer> {
  const decision = await compiledDecision(table, name, version);
  return cacheOf(table).decide(decision, input, options);
}

/** What keeping its answers has done for a version in this process; undefined where it is always decided anew. Throws SW4029. */
export async function cacheCountsOf(
  table: Table,
  name: string,
  version: string,
): Promise<CacheCounts | undefined> {
  return cacheOf(table).countsOf(await compiledDecision(table, name, version));
}

/** What the cache has done for all decisions of a table so far, in this process. */
export function decisionCacheTotals(table: Table): { readonly hits: number; readonly misses: number } {
  return cacheOf(table).totals;
}
