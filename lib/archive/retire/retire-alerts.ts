import { toAlertDocument } from '#api/alert-documents.ts';
import { type AlertRecord, AlertRecordSchema } from '#monitoring/alerts/records/alert-record.ts';
import { alertKeys } from '#table/alert-keys.ts';
import { ConditionFailed, type Table } from '#table/table.ts';
import { ArchiveBatch } from '../write/archive-batch.ts';
import { lineOf } from '../write/line-of.ts';
import type { Retired, RetireOptions, RetirePorts } from './ports.ts';

const TOGETHER = 100;

/** Archives and deletes the alerts whose time is over, those first that were over first. */
export async function retireAlerts(ports: RetirePorts, { times, pace }: RetireOptions): Promise<Retired> {
  const { table, archive, clock } = ports;
  const before = clock.now() - times.alerts;
  const query = { index: 'gsi1', partition: alertKeys.resolved, limit: TOGETHER } as const;
  let [gone, cursor]: [number, string | undefined] = [0, undefined];
  do {
    if (pace.isOver()) return { gone, isDone: false };
    const page = await table.query(cursor === undefined ? query : { ...query, cursor });
    const found = page.items.map((item) => AlertRecordSchema.parse(item));
    const due = found.filter(({ resolvedAt }) => resolvedAt !== undefined && resolvedAt < before);
    if (archive !== undefined && due.length > 0) {
      const batch = new ArchiveBatch({ ...ports, archive });
      for (const alert of due) await batch.add('alerts', lineOf(toAlertDocument(alert)));
      await batch.commit();
    }
    for (const alert of due) if (await dropAlert(table, alert)) gone++;
    cursor = due.length < found.length ? undefined : page.cursor;
    await pace.rest();
  } while (cursor !== undefined);
  return { gone, isDone: true };
}

async function dropAlert(table: Table, { id, revision }: AlertRecord): Promise<boolean> {
  try {
    await table.delete(alertKeys.meta(id), { attribute: 'revision', equals: revision });
    return true;
  } catch (error) {
    // It has changed since it was read, and is looked at again.
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}
