import { retentionKeys } from '#table/retention-keys.ts';
import type { Table } from '#table/table.ts';
import type { RetentionKind } from '../retention-times.ts';

/** Nothing is older: there was no Stepwright before. */
const FIRST_DAY = '2026-01-01';

/** The first day of which there may be something left of a kind. */
export async function firstDay(table: Table, kind: RetentionKind): Promise<string> {
  return String((await table.get(retentionKeys.progress(kind)))?.['day'] ?? FIRST_DAY);
}

/** Notes up to which day all of a kind is gone that was to go. */
export async function noteFirstDay(table: Table, kind: RetentionKind, day: string): Promise<void> {
  await table.put({ ...retentionKeys.progress(kind), day });
}

/** Notes where records go, for who asks for one that is gone. */
export async function notePlace(table: Table, place: string): Promise<void> {
  const known = await table.get(retentionKeys.archive);
  if (known?.['place'] !== place) await table.put({ ...retentionKeys.archive, place });
}
