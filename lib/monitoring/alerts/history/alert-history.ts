import type { ExecutionRef } from '#engine/engine.ts';
import { type Delivery, deliveriesOf } from '#notifications/delivery.ts';
import type { Table } from '#table/table.ts';
import { DID, type LinkUse, usesOf, useWords } from '../actions/link-uses.ts';
import type { AlertRecord } from '../records/alert-record.ts';
import type { Page } from '../records/paging-record.ts';
import { pagesOf, type RecordedPage } from './page-store.ts';

/** What has become of an alert, one thing after the other. Times are ms since the Unix epoch. */
export type AlertHistoryEntry =
  | { readonly at: number; readonly what: 'found' | 'fired' | 'well' }
  | PagedEntry
  | {
      readonly at: number;
      readonly what: 'said';
      readonly by: string;
      readonly did: string;
      readonly why?: string | undefined;
    };

/** Somebody was told. */
export interface PagedEntry {
  readonly at: number;
  readonly what: 'paged';
  readonly kind: Page['kind'];
  readonly level?: number | undefined;
  readonly round?: number | undefined;
  /** How many alerts they were told of. */
  readonly count: number;
  readonly deliveries: readonly Pick<Delivery, 'name' | 'status' | 'inPlaceOf' | 'error' | 'tries'>[];
  /** The execution by which the engine escalates, where one began. */
  readonly escalation?: ExecutionRef | undefined;
}

/** The history of an alert. */
export interface AlertHistory {
  /** In order. */
  readonly entries: readonly AlertHistoryEntry[];
  /** Whether there were pages before those that are told. */
  readonly more: boolean;
}

/** So many pages are told of, the newest. */
const MOST_PAGES = 100;
/** So late after its end somebody may have been told of it, in ms. */
const END_TOLD_MS = 60_000;

/** All that has become of an alert: how it came and went, who was told of it, whether that arrived, and who has said what. */
export async function alertHistory(table: Table, alert: AlertRecord): Promise<AlertHistory> {
  const { pages, more } = await pagesFor(table, alert);
  const paged = await Promise.all(pages.map((page) => pagedEntry(table, page)));
  const used = (await usesOf(table, alert.id)).flatMap((use) => usedEntry(use, alert));
  const entries = [...ownEntries(alert), ...paged, ...used];
  return { entries: entries.sort((one, other) => one.at - other.at), more };
}

async function pagesFor(
  table: Table,
  { pagings, firedAt, resolvedAt }: AlertRecord,
): Promise<{ readonly pages: readonly RecordedPage[]; readonly more: boolean }> {
  if (firedAt === undefined) return { pages: [], more: false };
  const to = resolvedAt === undefined ? Number.MAX_SAFE_INTEGER : resolvedAt + END_TOLD_MS;
  const span = { from: firedAt, to, most: MOST_PAGES + 1 };
  const found = (await Promise.all(pagings.map((key) => pagesOf(table, key, span)))).flat();
  // Two who look at once may both have made it, of which one was sent.
  const distinct = [...new Map(found.map((page) => [page.id, page])).values()];
  const newest = distinct.sort((one, other) => other.at - one.at);
  return { pages: newest.slice(0, MOST_PAGES), more: newest.length > MOST_PAGES };
}

function ownEntries({ foundAt, firedAt, resolvedAt, resolvedBy, notes }: AlertRecord) {
  const entries: AlertHistoryEntry[] = notes.map((note) => ({ ...note, what: 'said' }));
  if (foundAt !== firedAt) entries.push({ at: foundAt, what: 'found' });
  if (firedAt !== undefined) entries.unshift({ at: firedAt, what: 'fired' });
  if (resolvedAt !== undefined && resolvedBy === undefined) entries.push({ at: resolvedAt, what: 'well' });
  return entries;
}

const TRIED = {
  resume: 'resume tried',
  skip: 'skip tried',
  rollback: 'rollback tried',
} as const satisfies Record<LinkUse['verb'], string>;

/** A link that was used; what was done by it is mostly noted of the alert already. */
function usedEntry(use: LinkUse, { notes }: AlertRecord): readonly AlertHistoryEntry[] {
  const { by, at, verb, outcome } = use;
  const words = useWords(use);
  if (outcome?.is === 'done') {
    const isNoted = notes.some((note) => note.by === by && note.did === DID[verb] && note.why === words);
    return isNoted ? [] : [{ at, what: 'said', by, did: DID[verb], why: words }];
  }
  const came = outcome === undefined ? 'what came of it is not on record' : `it was refused: ${outcome.why}`;
  return [{ at, what: 'said', by, did: TRIED[verb], why: `${words}; ${came}` }];
}

async function pagedEntry(
  table: Table,
  { id, at, kind, level, round, count, escalation }: RecordedPage,
): Promise<PagedEntry> {
  const deliveries = await deliveriesOf(table, id);
  return {
    ...{ at, what: 'paged', kind, level, round, count },
    deliveries: deliveries.map(({ name, status, inPlaceOf, error, tries }) => ({
      ...{ name, status, tries },
      ...(inPlaceOf === undefined ? {} : { inPlaceOf }),
      ...(error === undefined ? {} : { error }),
    })),
    escalation,
  };
}
