import type { TableStyle } from '../print-table.ts';
import type { Terminal } from '../terminal.ts';
import type { AliasDocument } from './workflow-calls.ts';

/** A moment to the minute, in UTC: `2026-11-24 01:36`. */
export function minuteOf(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ');
}

/** Where an alias points: `2.1.0`, or `2.1.0, and 10 % to 2.2.0`. */
export function targetWords({ version, canary }: Pick<AliasDocument, 'version' | 'canary'>): string {
  return canary === undefined ? version : `${version}, and ${canary.percent} % to ${canary.version}`;
}

/** How tables are laid out. */
export function tableStyle({ columns, paint }: Terminal): TableStyle {
  return { columns, paintTitle: paint.bold };
}
