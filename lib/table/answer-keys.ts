import type { Key } from './table.ts';

/** Answers of a decision that processes share, by its fingerprint and a hash of what each has read. */
export const answerKeys = {
  partition: (decision: string): string => `ANSWERS#${decision}`,
  answer: (decision: string, read: string): Key => ({ pk: `ANSWERS#${decision}`, sk: `ANSWER#${read}` }),
  /** Places that answers have read, by a hash of them. */
  shape: (decision: string, shape: string): Key => ({ pk: `ANSWERS#${decision}`, sk: `SHAPE#${shape}` }),
  shapePrefix: 'SHAPE#',
  /** What the cache has done, in all processes. */
  counts: (decision: string): Key => ({ pk: `ANSWERS#${decision}`, sk: 'COUNTS' }),
} as const;
