import { nextTime } from '#core/cron.ts';
import type { Diagnostic } from '#core/diagnostic.ts';
import type { ReportFile } from '#definition/report/report.ts';
import type { Source } from '#definition/source.ts';
import { Report } from '../report.ts';
import { checkZone } from './alert-watched.ts';
import { checkWhere } from './expressions.ts';
import { checkKnown, checkUnique } from './known-names.ts';
import { checkFields } from './report-fields.ts';

/** What is wrong with a report that has its shape. */
export function checkReport(file: ReportFile, source: Source): readonly Diagnostic[] {
  const { where, groupBy = {}, measures, sort = [], charts = [] } = file;
  const report = new Report(source);
  checkWhere(where, ['where'], report);
  for (const [name, measure] of Object.entries(measures)) {
    const share = typeof measure === 'object' && 'share' in measure ? measure.share : undefined;
    checkWhere(share, ['measures', name, 'share'], report);
  }
  const groups = Object.keys(groupBy).map((name) => ({ name, path: ['groupBy', name] }));
  const reckoned = Object.keys(measures).map((name) => ({ name, path: ['measures', name] }));
  const columns = [...groups, ...reckoned];
  checkUnique(columns, 'column', report);
  const known = { kind: 'column', names: columns.map(({ name }) => name), report };
  for (const [at, { by }] of sort.entries()) checkKnown(by, ['sort', at, 'by'], known);
  for (const [at, { x, y, series }] of charts.entries()) {
    checkKnown(x, ['charts', at, 'x'], known);
    if (typeof y === 'string') checkKnown(y, ['charts', at, 'y'], known);
    else for (const [index, name] of y.entries()) checkKnown(name, ['charts', at, 'y', index], known);
    checkKnown(series, ['charts', at, 'series'], known);
  }
  checkFields(file, report);
  checkTimes(file, report);
  checkRecipients(file, report);
  return report.diagnostics;
}

function checkTimes({ timezone, schedule }: ReportFile, report: Report): void {
  const before = report.diagnostics.length;
  checkZone(timezone, ['timezone'], report);
  checkZone(schedule?.timezone, ['schedule', 'timezone'], report);
  if (schedule === undefined || report.diagnostics.length > before) return;
  const why = neverComes(schedule);
  if (why === undefined) return;
  report.at(['schedule', 'cron'], {
    code: 'SW1853',
    message: `this schedule never comes: ${why}`,
    hint: 'write minute, hour, day of month, month, day of week, such as "0 7 * * mon"',
  });
}

/** Why a schedule never comes; undefined where it does. A fixed day, so that the same file is always as good: the next 29 February is near. */
function neverComes(schedule: NonNullable<ReportFile['schedule']>): string | undefined {
  try {
    return nextTime(schedule, SOME_DAY) === undefined ? 'no calendar has such a day' : undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
  }
}

const SOME_DAY = Date.UTC(2026, 0, 1);

/** Who is to get it when it is made by schedule hears nothing where there is none. */
function checkRecipients({ schedule, recipients }: ReportFile, report: Report): void {
  if (recipients === undefined || schedule !== undefined) return;
  report.atKey(['recipients'], {
    code: 'SW1854',
    message: 'nobody is told of this report, as it has no schedule',
    hint: 'say when it is made with "schedule", or leave "recipients" out',
  });
}
