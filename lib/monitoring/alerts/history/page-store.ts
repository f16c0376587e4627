import * as z from 'zod';
import type { AlertFile } from '#definition/alert/alert.ts';
import type { ExecutionRef } from '#engine/engine.ts';
import { alertKeys } from '#table/alert-keys.ts';
import { queryAll, type Table } from '#table/table.ts';
import { escalationMachines, escalationRef } from '../escalation/escalation-machine.ts';
import type { Pager } from '../pager.ts';
import { type Page, PageSchema } from '../records/paging-record.ts';

/** A page on record. */
const RecordedPageSchema = PageSchema.extend({
  /** The execution by which the engine escalates, where one began with it. */
  escalation: z.object({ machine: z.string(), name: z.string() }).exactOptional(),
});

/** A page on record. */
export type RecordedPage = z.infer<typeof RecordedPageSchema>;

/** How long pages stay on record, in seconds: as long as what is told by them. */
const KEEP_SECONDS = 30 * 86_400;

/** Puts every page on record before it is sent, so that the history of an alert tells of it. */
export function recordingPager({ table }: { readonly table: Table }, pager: Pager): Pager {
  return {
    page: async (page, file) => {
      const expiresAt = Math.floor(page.at / 1_000) + KEEP_SECONDS;
      const escalation = escalationOf(page, file);
      const recorded: RecordedPage = { ...page, ...(escalation === undefined ? {} : { escalation }) };
      await table.put({ ...alertKeys.page(page.paging, page.at, page.id), ...recorded, expiresAt });
      await pager.page(page, file);
    },
  };
}

function escalationOf({ begins, incident }: Page, file: AlertFile): ExecutionRef | undefined {
  const machine = begins && escalationMachines(file).get(begins.escalation);
  return machine && escalationRef(machine, { incident, at: begins.at });
}

/** Pages of a paging that were made in a time, the newest first, so many at most. */
export async function pagesOf(
  table: Table,
  key: string,
  { from, to, most }: { readonly from: number; readonly to: number; readonly most: number },
): Promise<readonly RecordedPage[]> {
  const pages: RecordedPage[] = [];
  const query = {
    ...{ partition: alertKeys.pagePartition(key), prefix: alertKeys.pagePrefix, limit: most },
    ...{ from: alertKeys.pagesUntil(to), descending: true },
  };
  for await (const item of queryAll(table, query)) {
    const page = RecordedPageSchema.parse(item);
    if (page.at < from || pages.length >= most) break;
    pages.push(page);
  }
  return pages;
}
