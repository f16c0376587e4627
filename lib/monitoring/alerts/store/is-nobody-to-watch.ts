import { alertKeys } from '#table/alert-keys.ts';
import type { Query, Table } from '#table/table.ts';

/** Whether there are no rules, and nothing that is open of rules that there were. */
export async function isNobodyToWatch(table: Table): Promise<boolean> {
  const queries: readonly Query[] = [
    { partition: alertKeys.all, prefix: alertKeys.groupPrefix, limit: 1 },
    { index: 'gsi1', partition: alertKeys.open, limit: 1 },
    { index: 'gsi1', partition: alertKeys.openPagings, limit: 1 },
  ];
  for (const query of queries) if ((await table.query(query)).items.length > 0) return false;
  return true;
}
