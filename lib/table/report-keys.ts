import type { Key } from './table.ts';

/** A report as it is published, and what has been made of it. */
export const reportKeys = {
  partition: (name: string): string => `REPORT#${name}`,
  meta: (name: string): Key => ({ pk: `REPORT#${name}`, sk: 'META' }),
  /** gsi1: all reports by name. */
  all: 'REPORTS',
  /** A report that has been made; ids are by time. */
  made: (name: string, id: string): Key => ({ pk: `REPORT#${name}`, sk: `MADE#${id}` }),
  madePrefix: 'MADE#',
  /** gsi2: reports that have a schedule, by when they are to be made. */
  due: 'REPORTS#DUE',
  byDue: (at: number, name: string) => ({
    gsi2pk: reportKeys.due,
    gsi2sk: `${String(Math.round(at)).padStart(15, '0')}#${name}`,
  }),
} as const;
