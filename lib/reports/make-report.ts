import type { Clock } from '#core/clock.ts';
import { parseDuration } from '#core/duration.ts';
import type { ReportFile } from '#definition/report/report.ts';
import { layOut } from './evaluate/lay-out.ts';
import { REPORT_LIMITS, type ReportLimits } from './evaluate/limits.ts';
import type { ReportNotice, ReportPeriod, ReportResult } from './evaluate/report-result.ts';
import { ReportTally } from './evaluate/tally.ts';
import { READ_SOURCE } from './sources/read-source.ts';
import type { SourcePorts } from './sources/source-ports.ts';

/** What making a report takes. */
export interface MakePorts extends SourcePorts {
  readonly clock: Clock;
}

/** How a report is made. */
export interface MakeOptions {
  readonly period: ReportPeriod;
  /** What is to be told of it besides. */
  readonly notices?: readonly ReportNotice[];
  readonly limits?: ReportLimits;
}

const DEFAULT_PERIOD_MS = 7 * 86_400_000;
/** After so many records others have their turn: a millisecond or two. */
const RECORDS_A_TURN = 50;

/** The period that a report says itself, up to a time. */
export function periodUpTo({ period }: Pick<ReportFile, 'period'>, to: number): ReportPeriod {
  return { from: to - (parseDuration(period?.last ?? '') ?? DEFAULT_PERIOD_MS), to };
}

/** Reads the records of a period and makes the report of them. What it takes on is bounded; what is left out, it says. */
export async function makeReport(
  ports: MakePorts,
  file: ReportFile,
  { period, notices = [], limits = REPORT_LIMITS }: MakeOptions,
): Promise<ReportResult> {
  const { clock } = ports;
  const until = clock.now() + limits.readMs;
  const tally = new ReportTally(file, limits);
  const left: ReportNotice[] = [];
  const query = { period, filters: file.filters ?? {} };
  for await (const record of READ_SOURCE[file.source](ports, query)) {
    const { read } = tally.records;
    if (read >= limits.records) {
      left.push({
        kind: 'records',
        message: `there are more than ${limits.records} records: the rest was not read`,
      });
      break;
    }
    if (clock.now() > until) {
      left.push({
        kind: 'time',
        message: `after ${limits.readMs / 1_000} s, ${read} records were read, and the rest was not`,
      });
      break;
    }
    await tally.take(record);
    if (read % RECORDS_A_TURN === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  const madeAt = Math.floor(clock.now());
  return layOut(file, tally, { period, madeAt, notices: [...notices, ...left] });
}
