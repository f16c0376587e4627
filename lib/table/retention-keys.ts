import type { Item, Key } from './table.ts';

/** How far the deletion of what is over its time has come, and where records go before it. */
export const retentionKeys = {
  /** Of a kind: the first day of which there may be something left. */
  progress: (kind: string): Key => ({ pk: 'RETENTION', sk: `KIND#${kind}` }),
  /** Where the archive is. */
  archive: { pk: 'RETENTION', sk: 'ARCHIVE' },
} as const;

/** gsi1: commands by hand of a UTC day, by id, which is by time. */
export const byHandKeys = {
  day: (day: string): string => `COMMANDS#HAND#${day}`,
  index: (queuedAt: number, id: string): Required<Pick<Item, 'gsi1pk' | 'gsi1sk'>> => ({
    gsi1pk: byHandKeys.day(new Date(queuedAt).toISOString().slice(0, 10)),
    gsi1sk: id,
  }),
} as const;
