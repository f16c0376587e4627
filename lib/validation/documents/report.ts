import type { Diagnostic } from '#core/diagnostic.ts';
import type { ReportFile } from '#definition/report/report.ts';
import type { Source } from '#definition/source.ts';
import { Report } from '../report.ts';
import { checkWhere } from './expressions.ts';
import { checkKnown, checkUnique } from './known-names.ts';

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
  return report.diagnostics;
}
