import type { Table } from '#table/table.ts';
import type { Changes } from './alert-book.ts';
import type { AlertEvaluator } from './evaluator.ts';
import type { Pager } from './pager.ts';
import { putAlert } from './store/alert-store.ts';
import { putPaging } from './store/paging-store.ts';

/** What keeping what has become of alerts takes. */
export interface KeepPorts {
  readonly table: Table;
  readonly pager: Pager;
  onDefect(error: unknown): void;
}

/** Alerts that are written at once. */
const WRITES_AT_ONCE = 200;

/** Puts on record what has become of alerts and pagings, then sends. Where others have written meanwhile, they are right. */
export async function keepChanges(
  ports: KeepPorts,
  evaluator: AlertEvaluator,
  { alerts, pagings }: Changes,
): Promise<void> {
  const { table } = ports;
  for (let at = 0; at < alerts.length; at += WRITES_AT_ONCE) {
    const written = alerts.slice(at, at + WRITES_AT_ONCE).map((alert) => putAlert(table, alert));
    const others = (await Promise.all(written)).filter((other) => other !== undefined);
    evaluator.book.learn({ alerts: others });
  }
  for (const paging of pagings) {
    const other = await putPaging(table, paging);
    if (other !== undefined) evaluator.book.learn({ pagings: [other] });
  }
  await sendPages(ports, evaluator);
}

/** Sends what may not have been sent yet. */
export async function sendPages(
  { table, pager, onDefect }: KeepPorts,
  evaluator: AlertEvaluator,
): Promise<void> {
  for (const paging of evaluator.book.unsent) {
    const file = evaluator.groups.get(paging.group);
    try {
      if (file !== undefined) for (const page of paging.outbox) await pager.page(page, file);
    } catch (error) {
      // It stays where it is, and is sent the next time, with the same id.
      onDefect(error);
      continue;
    }
    const other = await putPaging(table, evaluator.book.sent(paging));
    if (other !== undefined) evaluator.book.learn({ pagings: [other] });
  }
}
