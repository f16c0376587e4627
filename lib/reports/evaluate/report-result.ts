import { reportField } from '#definition/report/fields.ts';
import type { ReportFile, TimePart } from '#definition/report/report.ts';
import type { ChartData } from '../charts/chart-data.ts';

/** From a time on, that counts in, to one that does not; ms since the Unix epoch. */
export interface ReportPeriod {
  readonly from: number;
  readonly to: number;
}

/** What the values of a column are. A duration is in ms, a share a part of 1. */
export type ColumnHolds = 'text' | 'time-part' | 'count' | 'number' | 'duration' | 'share';

/** A column of a report. */
export interface ReportColumn {
  readonly name: string;
  readonly kind: 'group' | 'measure';
  readonly holds: ColumnHolds;
  /** Which part of times, of a column that has some. */
  readonly part?: TimePart;
}

/** A value of a row. */
export type Cell = string | number | boolean | null;

/** Something that readers have to know of a report: what is not in it, or is late. */
export interface ReportNotice {
  readonly kind: 'records' | 'time' | 'groups' | 'distinct' | 'rows' | 'failed' | 'late' | 'missed';
  readonly message: string;
}

/** A report that has been made. */
export interface ReportResult {
  readonly report: string;
  readonly title: string;
  readonly description?: string | undefined;
  readonly source: ReportFile['source'];
  readonly period: ReportPeriod;
  readonly timezone: string;
  /** ms since the Unix epoch. */
  readonly madeAt: number;
  readonly columns: readonly ReportColumn[];
  readonly rows: readonly (readonly Cell[])[];
  /** The measures over all records, whatever their rows; one for each column of a measure. */
  readonly totals: readonly (number | null)[];
  readonly charts: readonly ChartData[];
  readonly records: {
    readonly read: number;
    /** How many fit the filters, and are in the rows and totals. */
    readonly counted: number;
  };
  readonly notices: readonly ReportNotice[];
}

/** The columns of a report, groups before measures. */
export function columnsOf({ groupBy = {}, measures, source }: ReportFile): readonly ReportColumn[] {
  const groups = Object.entries(groupBy).map(([name, group]): ReportColumn => {
    if (typeof group === 'string') return { name, kind: 'group', holds: 'text' };
    return { name, kind: 'group', holds: 'time-part', part: group.by };
  });
  const reckoned = Object.entries(measures).map(
    ([name, measure]): ReportColumn => ({ name, kind: 'measure', holds: holdsOf(measure, source) }),
  );
  return [...groups, ...reckoned];
}

function holdsOf(measure: ReportFile['measures'][string], source: ReportFile['source']): ColumnHolds {
  if (measure === 'count' || 'distinct' in measure) return 'count';
  if ('share' in measure) return 'share';
  const field = Object.entries(measure).find(([key]) => key !== 'at')?.[1];
  return reportField(source, String(field))?.type === 'duration' ? 'duration' : 'number';
}

/** Whose days and hours count in a report. */
export function timezoneOf({ timezone, schedule }: ReportFile): string {
  return timezone ?? schedule?.timezone ?? 'UTC';
}
