import type { AlertFile } from '#definition/alert/alert.ts';
import type { Page } from './records/paging-record.ts';

/** Sends pages. The same page may be given more than once, with the same id; it is sent once. */
export interface Pager {
  /** Resolves when the page is on record and will be sent. */
  page(page: Page, file: AlertFile): Promise<void>;
}
