import type { z } from 'zod';
import type { OverviewSchema, TrendSchema } from '#api/figure-documents.ts';
import { msOf, percentOf } from '../analytics/summary-columns.ts';
import { tableLines } from '../print-table.ts';
import type { Terminal } from '../terminal.ts';
import { count } from '../text-layout.ts';
import { minuteOf, tableStyle } from '../workflows/print-words.ts';
import { dayWords, dollarWords, reachLines, sparkline, valueWords } from './figure-words.ts';

type Overview = z.output<typeof OverviewSchema>;
type Trend = z.output<typeof TrendSchema>;

/** A period beside the one before, for people. */
export function overviewLines(overview: Overview, terminal: Terminal): readonly string[] {
  const { from, to, executions, measures, workflows } = overview;
  const style = tableStyle(terminal);
  return [
    `${dayWords(from)} to before ${dayWords(to)} UTC, ${count(executions, 'execution')} that ended`,
    '',
    ...tableLines(
      measures,
      [
        { title: 'MEASURE', text: ({ measure }) => measure },
        { title: 'NOW', text: ({ value, unit }) => valueWords(value, unit) },
        { title: 'BEFORE', text: ({ before, unit }) => valueWords(before, unit) },
        { title: 'CHANGE', text: changeWords },
      ],
      style,
    ),
    ...(workflows.length === 0 ? [] : ['']),
    ...(workflows.length === 0
      ? []
      : tableLines(
          workflows.slice(0, MOST_WORKFLOWS),
          [
            { title: 'WORKFLOW', text: ({ workflow }) => workflow || '(all others)' },
            { title: 'STARTED', text: ({ started }) => String(started) },
            { title: 'ENDED', text: ({ ended }) => String(ended) },
            { title: 'FAILED', text: ({ failureRate }) => percentOf(failureRate) },
            { title: 'P50', text: ({ p50 }) => msOf(p50) },
            { title: 'P90', text: ({ p90 }) => msOf(p90) },
            { title: 'COST', text: ({ dollars }) => dollarWords(dollars) },
          ],
          style,
        )),
    ...(workflows.length > MOST_WORKFLOWS ? [`and ${workflows.length - MOST_WORKFLOWS} more`] : []),
    '',
    ...reachLines(overview),
  ];
}

const MOST_WORKFLOWS = 20;

function changeWords({ value, before, unit }: Overview['measures'][number]): string {
  if (value === undefined || before === undefined) return '';
  if (unit === 'share') {
    const points = (value - before) * 100;
    return `${points < 0 ? '' : '+'}${points.toFixed(1)} points`;
  }
  if (before === 0) return value === 0 ? 'the same' : '';
  const percent = (value / before - 1) * 100;
  return `${percent < 0 ? '' : '+'}${percent.toFixed(0)} %`;
}

/** A measure over time, for people. */
export function trendLines(trend: Trend, terminal: Terminal): readonly string[] {
  const { measure, unit, by, points, changes, known } = trend;
  const { paint, columns } = terminal;
  const highest = Math.max(0, ...points.map(({ value = 0 }) => value));
  const anomalies = points.filter(({ isAnomaly }) => isAnomaly);
  const when = (at: string): string => (by === 'day' ? dayWords(at) : `${minuteOf(at)} UTC`);
  const isNews = anomalies.length + changes.length > 0;
  return [
    `${paint.bold(measure)} by ${by}: ${known} of ${count(points.length, by)} have a value, the highest ${valueWords(highest, unit)}`,
    ...sparkRows(points, { highest, columns, when }),
    ...(isNews ? [''] : []),
    ...changes.map(
      ({ at, before, after }) =>
        `${paint.yellow('level')}    ${when(at)}  from ${valueWords(before, unit)} to ${valueWords(after, unit)}`,
    ),
    ...anomalies
      .slice(-MOST_ANOMALIES)
      .map(
        ({ at, value, usual, deviations = 0 }) =>
          `${paint.red('anomaly')}  ${when(at)}  ${valueWords(value, unit)}, usual ${valueWords(usual, unit)} (${deviations > 0 ? '+' : ''}${deviations.toFixed(1)} deviations)`,
      ),
    ...(anomalies.length > MOST_ANOMALIES ? [`and ${anomalies.length - MOST_ANOMALIES} before these`] : []),
    '',
    ...reachLines(trend),
  ];
}

const MOST_ANOMALIES = 8;

/** Rows of bars, each with when it begins. */
function sparkRows(
  points: Trend['points'],
  {
    highest,
    columns,
    when,
  }: { readonly highest: number; readonly columns: number; when(at: string): string },
): readonly string[] {
  const width = Math.max(24, columns - 24);
  const perRow = width - (width % 24);
  return Array.from({ length: Math.ceil(points.length / perRow) }, (_, row) => {
    const some = points.slice(row * perRow, (row + 1) * perRow);
    const bars = sparkline(
      some.map(({ value }) => value),
      highest,
    );
    return `${when(some[0]?.at ?? '').padEnd(22)}${bars}`;
  });
}
