import type { ReportFormat } from '../render/formats.ts';

/** Which file of a report that was made. */
export interface ReportFileName {
  readonly report: string;
  /** Id of what was made. */
  readonly made: string;
  readonly format: ReportFormat;
}

/** Where the files of reports are kept that were made: a folder, or a bucket of S3. */
export interface ReportFiles {
  /** Keeps a file; the same again is kept in its place. */
  put(name: ReportFileName, text: string): Promise<void>;
  /** Its text, or undefined where it is not kept any more. */
  get(name: ReportFileName): Promise<string | undefined>;
  /** Drops what was kept before a time, in ms since the epoch. Does nothing where the store sees to that itself. */
  dropBefore(time: number): Promise<void>;
}

/** How long a report that was made is kept, in days. */
export const KEEP_DAYS = 90;
