import type { Key } from './table.ts';

/** How far the deletion of what is over its time has come, and where records go before it. */
export const retentionKeys = {
  /** Of a kind: the first day of which there may be something left. */
  progress: (kind: string): Key => ({ pk: 'RETENTION', sk: `KIND#${kind}` }),
  /** Where the archive is. */
  archive: { pk: 'RETENTION', sk: 'ARCHIVE' },
} as const;
