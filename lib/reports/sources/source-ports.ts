import type { ReportFile } from '#definition/report/report.ts';
import type { HistoryPort } from '#executions/read-history.ts';
import type { Table } from '#table/table.ts';
import type { ReportPeriod } from '../evaluate/report-result.ts';
import type { ReportRecord } from '../record.ts';

/** What reading records takes. */
export interface SourcePorts {
  readonly table: Table;
  /** Steps are told by the history alone. */
  readonly engine: HistoryPort;
}

/** Which records are wanted. */
export interface SourceQuery {
  readonly period: ReportPeriod;
  /** What a record has to have; a source may use it to read less. */
  readonly filters: NonNullable<ReportFile['filters']>;
}

/** Reads the records of a source that belong to a period, a page at a time, by the indexes that there are. */
export type ReadSource = (ports: SourcePorts, query: SourceQuery) => AsyncGenerator<ReportRecord>;

/** The values that a filter allows; undefined where any is. */
export function wantedValues({ filters }: SourceQuery, field: string): readonly string[] | undefined {
  const wanted = filters[field];
  return typeof wanted === 'string' ? [wanted] : wanted;
}
