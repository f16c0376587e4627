import type { JsonObject } from '#core/json.ts';
import { type ArchiveKind, lineDevices, lineId, lineStatus, lineTime } from '../archive-kinds.ts';
import type { Manifest } from '../manifest.ts';
import type { ArchiveStore } from '../stores/archive-store.ts';
import { type ArchivePeriod, manifestsOf } from './manifests.ts';
import { readLines } from './read-lines.ts';

/** Which records are asked for. */
export interface ArchiveQuery extends ArchivePeriod {
  readonly kind: ArchiveKind;
  readonly workflow?: string | undefined;
  /** How they stand, in the words of their kind. */
  readonly status?: string | undefined;
  readonly device?: string | undefined;
  readonly execution?: string | undefined;
  /** What else must hold. */
  where?(record: JsonObject): Promise<boolean>;
}

/**
 * The records of an archive that fit, day by day from the newest on, while they are asked for; each once, as it was archived last. Only
 * parts are read whose manifests may fit.
 */
export async function* queryArchive(store: ArchiveStore, query: ArchiveQuery): AsyncGenerator<JsonObject> {
  let ofDay: Manifest[] = [];
  for await (const manifest of manifestsOf(store, query.kind, query)) {
    if (manifest.day !== ofDay[0]?.day) {
      yield* recordsOfDay(store, ofDay, query);
      ofDay = [];
    }
    if (mayFit(manifest, query)) ofDay.push(manifest);
  }
  yield* recordsOfDay(store, ofDay, query);
}

function mayFit(
  { workflows, firstId, lastId }: Manifest,
  { kind, workflow, execution }: ArchiveQuery,
): boolean {
  if (workflow !== undefined && workflows !== undefined && !workflows.includes(workflow)) return false;
  return execution === undefined || !BY_EXECUTION.includes(kind) || holdsIds(execution, { firstId, lastId });
}

/** Kinds whose ids begin with that of their execution. */
const BY_EXECUTION: readonly ArchiveKind[] = ['executions', 'history', 'commands', 'decisions', 'records'];

/** Whether a part may have ids that begin so. */
export function holdsIds(start: string, { firstId, lastId }: Pick<Manifest, 'firstId' | 'lastId'>): boolean {
  return lastId >= start && firstId <= `${start}\u{10ffff}`;
}

/** A record that an interrupted round has archived is archived again, in a part of the same ids: only there, each is looked at for being known. */
async function* recordsOfDay(
  store: ArchiveStore,
  parts: readonly Manifest[],
  query: ArchiveQuery,
): AsyncGenerator<JsonObject> {
  const seen = new Set<string>();
  for (const part of parts) {
    const mayBeTwice = parts.some((other) => other !== part && overlap(part, other));
    for await (const record of readLines(store, part.path)) {
      if (mayBeTwice) {
        const id = lineId(query.kind, record);
        if (seen.has(id)) continue;
        seen.add(id);
      }
      if (await fits(record, query)) yield record;
    }
  }
}

function overlap(one: Manifest, other: Manifest): boolean {
  return one.firstId <= other.lastId && other.firstId <= one.lastId;
}

async function fits(record: JsonObject, query: ArchiveQuery): Promise<boolean> {
  const { kind, from, to, workflow, status, device, execution, where } = query;
  const at = lineTime(kind, record);
  if ((from !== undefined && at < from) || (to !== undefined && at >= to)) return false;
  if (workflow !== undefined && record['workflow'] !== workflow) return false;
  if (status !== undefined && lineStatus(kind, record).toLowerCase() !== status.toLowerCase()) return false;
  if (device !== undefined && !lineDevices(record).includes(device)) return false;
  if (execution !== undefined && (record['execution'] ?? record['executionId']) !== execution) return false;
  return where === undefined || (await where(record));
}
