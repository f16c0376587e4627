import type { z } from 'zod';
import type { BottlenecksSchema, OutliersSchema } from '#api/figure-documents.ts';
import { formatDuration } from '#core/duration.ts';
import { msOf, percentOf } from '../analytics/summary-columns.ts';
import { tableLines } from '../print-table.ts';
import type { Terminal } from '../terminal.ts';
import { count } from '../text-layout.ts';
import { minuteOf, tableStyle } from '../workflows/print-words.ts';
import { reachLines, spanWords } from './figure-words.ts';

type Bottlenecks = z.output<typeof BottlenecksSchema>;
type Outliers = z.output<typeof OutliersSchema>;

const MOST_HOLDERS = 20;

/** What holds the time, for people. */
export function bottleneckLines(bottlenecks: Bottlenecks, terminal: Terminal): readonly string[] {
  const { from, to, by, runs, holders } = bottlenecks;
  const head = `${minuteOf(from)} to ${minuteOf(to)} UTC: ${count(runs, 'run')}`;
  if (holders.length === 0) return [head, '', ...reachLines(bottlenecks)];
  return [
    head,
    '',
    ...tableLines(
      holders.slice(0, MOST_HOLDERS),
      [
        { title: by.toUpperCase(), text: ({ name = '(all others)' }) => name },
        { title: 'SHARE', text: ({ share }) => percentOf(share).padStart(6) },
        { title: 'WORK', text: ({ workMs }) => spanWords(workMs) },
        { title: 'WAIT', text: ({ waitMs }) => spanWords(waitMs) },
        { title: 'RUNS', text: (holder) => String(holder.runs) },
        { title: 'FAILED', text: ({ failed }) => String(failed) },
        { title: 'P90', text: ({ p90 }) => msOf(p90) },
      ],
      tableStyle(terminal),
    ),
    ...(holders.length > MOST_HOLDERS ? [`and ${holders.length - MOST_HOLDERS} more`] : []),
    '',
    ...reachLines(bottlenecks),
  ];
}

/** What goes with failed or slow executions, for people. */
export function outlierLines(outliers: Outliers, terminal: Terminal): readonly string[] {
  const { workflow, of, executions, bad, withDevices, slowFromMs, isWhole, tested, found } = outliers;
  const slow = slowFromMs === undefined ? 'failed' : `took ${formatDuration(slowFromMs)} or longer`;
  return [
    terminal.paint.bold(workflow),
    `${bad} of ${count(executions, 'execution')} ${slow}${isWhole ? '' : '; there are more, these are the newest'}`,
    `${count(tested, 'value')} tested, devices of ${withDevices} executions`,
    '',
    ...(found.length === 0
      ? [`nothing goes with what ${of === 'slow' ? 'was slow' : 'failed'} more often than by chance`]
      : tableLines(
          found,
          [
            { title: 'FIELD', text: ({ field }) => field },
            { title: 'VALUE', text: ({ value }) => value },
            { title: of === 'slow' ? 'SLOW' : 'FAILED', text: (row) => `${row.bad} of ${row.executions}` },
            { title: 'RATE', text: ({ rate }) => percentOf(rate) },
            { title: 'OTHERS', text: ({ otherRate }) => percentOf(otherRate) },
            { title: 'LIFT', text: ({ lift }) => lift.toFixed(1) },
            { title: 'CHANCE', text: ({ chance }) => chanceWords(chance) },
          ],
          tableStyle(terminal),
        )),
  ];
}

function chanceWords(chance: number): string {
  return chance < 0.001 ? '< 0.1 %' : percentOf(chance);
}
