import { StepwrightError } from '#core/error.ts';
import { alertKeys } from '#table/alert-keys.ts';
import { ConditionFailed, type Item, type Query, type Table } from '#table/table.ts';
import { type AlertRecord, AlertRecordSchema, type AlertStatus } from '../records/alert-record.ts';

/** How long alerts stay on record after they are over, in seconds. */
const KEEP_SECONDS = 90 * 86_400;

function toItem(alert: AlertRecord): Item {
  const { id, foundAt, resolvedAt, held } = alert;
  const isOver = resolvedAt !== undefined && held !== true;
  return {
    ...alertKeys.meta(id),
    ...(isOver ? alertKeys.byResolved(resolvedAt, id) : alertKeys.byFound(foundAt, id)),
    ...(resolvedAt === undefined ? {} : alertKeys.byEnded(resolvedAt, id)),
    ...(isOver ? { expiresAt: Math.floor(resolvedAt / 1_000) + KEEP_SECONDS } : {}),
    ...alert,
  };
}

/**
 * Puts an alert on record that was made of the revision before; one that was pending and is forgotten leaves none. Gives what is on
 * record where somebody else has written meanwhile.
 */
export async function putAlert(table: Table, alert: AlertRecord): Promise<AlertRecord | undefined> {
  const { id, revision, firedAt, status } = alert;
  const condition =
    revision === 0 ? { exists: false } : ({ attribute: 'revision', equals: revision - 1 } as const);
  try {
    if (status === 'RESOLVED' && firedAt === undefined) await table.delete(alertKeys.meta(id), condition);
    else await table.put(toItem(alert), condition);
    return undefined;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    // Not every store says what stood in the way.
    return error.item === undefined ? findAlert(table, id) : AlertRecordSchema.parse(error.item);
  }
}

/** An alert, or undefined where there is none. */
export async function findAlert(table: Table, id: string): Promise<AlertRecord | undefined> {
  const item = await table.get(alertKeys.meta(id));
  return item === undefined ? undefined : AlertRecordSchema.parse(item);
}

/** An alert. Throws SW4211. */
export async function getAlert(table: Table, id: string): Promise<AlertRecord> {
  const found = await findAlert(table, id);
  if (found !== undefined) return found;
  throw new StepwrightError({
    code: 'SW4211',
    kind: 'not-found',
    message: `there is no alert "${id}"`,
    hint: 'GET /v1/alerts lists those that there are; they are kept for 90 days after their end',
  });
}

/** Which alerts are wanted. */
export interface AlertFilter {
  /** Default: all that are not over. */
  readonly status?: AlertStatus | undefined;
  readonly severity?: string | undefined;
}

/** So many alerts are looked through for one page of a filter that few fit. */
const MOST_LOOKED_THROUGH = 5_000;

/** One page of the alerts, those first that were found, or have ended, last. */
export async function listAlerts(
  table: Table,
  filter: AlertFilter,
  { limit = 100, cursor: from }: { readonly limit?: number; readonly cursor?: string },
): Promise<{ readonly alerts: readonly AlertRecord[]; readonly cursor?: string }> {
  const wanted: Pick<Query, 'index' | 'partition'> =
    filter.status === 'RESOLVED'
      ? { index: 'gsi2', partition: alertKeys.ended }
      : { index: 'gsi1', partition: alertKeys.open };
  const alerts: AlertRecord[] = [];
  let cursor = from;
  for (let looked = 0; looked < MOST_LOOKED_THROUGH; ) {
    const page = await table.query({
      ...{ ...wanted, descending: true, limit: limit - alerts.length },
      ...(cursor === undefined ? {} : { cursor }),
    });
    looked += page.items.length;
    cursor = page.cursor;
    const found = page.items.map((item) => AlertRecordSchema.parse(item));
    alerts.push(...found.filter((alert) => isWanted(alert, filter)));
    if (cursor === undefined || alerts.length >= limit) break;
  }
  return { alerts, ...(cursor === undefined ? {} : { cursor }) };
}

/** One that somebody has resolved, and that would be found again, is over for people. */
function isWanted(alert: AlertRecord, { status, severity }: AlertFilter): boolean {
  const isStatus = status === undefined ? alert.status !== 'RESOLVED' : alert.status === status;
  return isStatus && (severity === undefined || alert.severity === severity);
}

/** Every alert that is not over, and those that would be found again. */
export async function openAlerts(table: Table): Promise<readonly AlertRecord[]> {
  const alerts: AlertRecord[] = [];
  let cursor: string | undefined;
  do {
    const query = { index: 'gsi1', partition: alertKeys.open, limit: 1_000 } as const;
    const page = await table.query(cursor === undefined ? query : { ...query, cursor });
    alerts.push(...page.items.map((item) => AlertRecordSchema.parse(item)));
    cursor = page.cursor;
  } while (cursor !== undefined);
  return alerts;
}
