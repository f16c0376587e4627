import { type Clock, systemClock } from '#core/clock.ts';
import type { Json } from '#core/json.ts';
import { AnswerCache, type CacheCounts } from '#decisions/answer-cache.ts';
import type { DecideOptions } from '#decisions/decision.ts';
import type { AnswerCounts } from '#decisions/shared-answers.ts';
import type { Answer } from '#decisions/trace.ts';
import type { Table } from '#table/table.ts';
import { compiledDecision } from './decision-store.ts';
import { countsIn, sharedAnswers } from './shared-answers.ts';

/** A version of a decision that is published, and what it is asked with. */
export interface Asked {
  readonly name: string;
  readonly version: string;
  readonly input: Json;
}

/** Answers by the table that their decisions are published in. */
const caches = new WeakMap<Table, AnswerCache>();

function cacheOf(table: Table, clock: Clock): AnswerCache {
  const known = caches.get(table);
  if (known !== undefined) return known;
  const begun = new AnswerCache({ clock, store: sharedAnswers(table, clock) });
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
  return cacheOf(table, options.clock ?? systemClock).decide(decision, input, options);
}

/** What keeping answers has done: in this process, and, where they are shared, in all. */
export interface PublishedCounts extends CacheCounts {
  readonly shared?: AnswerCounts;
}

/** What keeping its answers has done for a version; undefined where it is always decided anew. Throws SW4029. */
export async function cacheCountsOf(
  { table, clock }: { readonly table: Table; readonly clock: Clock },
  name: string,
  version: string,
): Promise<PublishedCounts | undefined> {
  const decision = await compiledDecision(table, name, version);
  const counts = cacheOf(table, clock).countsOf(decision);
  if (counts === undefined || decision.file.cache?.shared !== true) return counts;
  return { ...counts, shared: await countsIn(table, decision.fingerprint()) };
}

/** What the cache has done for all decisions of a table so far, in this process. */
export function decisionCacheTotals(table: Table): { readonly hits: number; readonly misses: number } {
  return caches.get(table)?.totals ?? { hits: 0, misses: 0 };
}
