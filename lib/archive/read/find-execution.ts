import { decodeTime } from 'ulid';
import type { JsonObject } from '#core/json.ts';
import type { ArchiveKind } from '../archive-kinds.ts';
import type { Manifest } from '../manifest.ts';
import { notArchived } from '../stores/archive-faults.ts';
import type { ArchiveStore } from '../stores/archive-store.ts';
import { type ArchivePeriod, manifestOf, manifestsOf } from './manifests.ts';
import { holdsIds } from './query.ts';
import { readLines } from './read-lines.ts';

/** An execution of an archive, with the parts in which all is that belongs to it. */
export interface ArchivedExecution {
  readonly record: JsonObject;
  /** In the order in which they were written. */
  readonly related: readonly string[];
}

const DAY_MS = 86_400_000;

/** The execution with an id, as it was archived last. Throws SW4503. */
export async function findArchived(store: ArchiveStore, id: string): Promise<ArchivedExecution> {
  for await (const manifest of manifestsOf(store, 'executions', aroundOf(id))) {
    if (!holdsIds(id, manifest)) continue;
    for await (const record of readLines(store, manifest.path))
      if (record['executionId'] === id) return { record, related: manifest.related ?? [] };
  }
  throw notArchived(id, store.place);
}

/** Records of one kind that belong to an execution, those of a day in the order in which they were. */
export async function* recordsOf(
  store: ArchiveStore,
  { record, related }: ArchivedExecution,
  kind: ArchiveKind,
): AsyncGenerator<JsonObject> {
  const id = String(record['executionId']);
  const parts = related.filter((path) => path.startsWith(`kind=${kind}/`));
  for (const path of parts) {
    const manifest: Manifest = await manifestOf(store, path);
    if (!holdsIds(id, manifest)) continue;
    for await (const line of readLines(store, path)) if (line['execution'] === id) yield line;
  }
}

/** An id that is a ULID tells when its execution was started, up to a clock or two; one that somebody has chosen tells nothing. */
function aroundOf(id: string): ArchivePeriod {
  if (!/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id)) return {};
  const at = decodeTime(id);
  return { from: new Date(at - DAY_MS).toISOString(), to: new Date(at + DAY_MS).toISOString() };
}
