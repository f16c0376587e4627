import type { Key } from './table.ts';

const PARTITION = 'ALERTING#ALL';

/** The evaluation of alerts where no process lives on: who looks, how far it has come, and what rules hold of the past. */
export const alertEvaluationKeys = {
  state: { pk: PARTITION, sk: 'STATE' },
  /** A part of what rules held at some time. */
  windows: (id: string, part: number): Key => ({
    pk: PARTITION,
    sk: `${alertEvaluationKeys.windowsPrefix(id)}${String(part).padStart(3, '0')}`,
  }),
  windowsPrefix: (id: string): string => `WINDOWS#${id}#`,
  partition: PARTITION,
} as const;
