import { workflowKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';
import { noteLatest } from './workflow-latest.ts';
import { getVersion } from './workflow-store.ts';

/**
 * Says of a version why no more executions are to be started of it, or takes that back. It still runs: what names it goes on
 * working, with a warning. It is nobody's latest version any more. Throws SW4043.
 */
export async function setDeprecated(
  table: Table,
  name: string,
  { version, reason }: { readonly version: string; readonly reason: string | undefined },
): Promise<void> {
  const { compiled } = await getVersion(table, name, version);
  await table.update({
    key: workflowKeys.version(name, compiled.version),
    ...(reason === undefined ? { remove: ['deprecated'] } : { set: { deprecated: reason } }),
    condition: { exists: true },
  });
  await noteLatest(table, name);
}
