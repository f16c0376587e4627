import type { z } from 'zod';
import type { CapacitySchema, CostTrendSchema } from '#api/figure-documents.ts';
import { tableLines } from '../print-table.ts';
import type { Terminal } from '../terminal.ts';
import { count } from '../text-layout.ts';
import { tableStyle } from '../workflows/print-words.ts';
import { dayWords, dollarWords, reachLines, sparkline, valueWords } from './figure-words.ts';

type Capacity = z.output<typeof CapacitySchema>;
type CostTrend = z.output<typeof CostTrendSchema>;
type Outlook = Pick<Capacity, 'past' | 'coming' | 'slope'>;

const MOST_WORKFLOWS = 15;

/** When something reaches its limit, for people. */
export function capacityLines(capacity: Capacity, terminal: Terminal): readonly string[] {
  const { of, limit, reachedAt, reachedAtEarliest, coming, slope } = capacity;
  const what = of === 'executions' ? 'executions at once' : `units of ${of} held at once`;
  return [
    terminal.paint.bold(`${what}, in the busiest hour of each day`),
    ...outlookLines(capacity, 'mean'),
    ...(slope === undefined ? [] : [`grows by ${perDay(slope, 'mean')}`]),
    ...(limit === undefined || coming.length === 0
      ? []
      : [limitWords(limit, { reachedAt, reachedAtEarliest, days: coming.length })]),
    '',
    ...reachLines(capacity),
  ];
}

function limitWords(
  limit: number,
  {
    reachedAt,
    reachedAtEarliest,
    days,
  }: Pick<Capacity, 'reachedAt' | 'reachedAtEarliest'> & { readonly days: number },
): string {
  if (reachedAt !== undefined)
    return `limit    ${limit} is reached on ${dayWords(reachedAt)}, on ${dayWords(reachedAtEarliest ?? reachedAt)} at the earliest`;
  if (reachedAtEarliest !== undefined)
    return `limit    ${limit} may be reached on ${dayWords(reachedAtEarliest)} at the earliest`;
  return `limit    ${limit} is not reached in ${count(days, 'day')}`;
}

/** What executions cost, for people. */
export function costLines(cost: CostTrend, terminal: Terminal): readonly string[] {
  const { from, to, dollars, executions, comingDollars, coming, slope, workflows } = cost;
  const each = executions === 0 ? '' : `, ${dollarWords(dollars / executions)} each`;
  return [
    `${dayWords(from)} to before ${dayWords(to)}: ${dollarWords(dollars)} for ${count(executions, 'execution')}${each}`,
    ...outlookLines(cost, 'dollars'),
    ...(slope === undefined ? [] : [`grows by ${perDay(slope, 'dollars')}`]),
    ...(coming.length === 0
      ? []
      : [`ahead    ${dollarWords(comingDollars)} in ${count(coming.length, 'day')}`]),
    ...(workflows.length === 0 ? [] : ['']),
    ...(workflows.length === 0
      ? []
      : tableLines(
          workflows.slice(0, MOST_WORKFLOWS),
          [
            { title: 'WORKFLOW', text: ({ workflow }) => workflow || '(all others)' },
            { title: 'COST', text: (row) => dollarWords(row.dollars) },
            { title: 'EXECUTIONS', text: (row) => String(row.executions) },
            { title: 'EACH', text: (row) => dollarWords(row.dollars / Math.max(1, row.executions)) },
          ],
          tableStyle(terminal),
        )),
    '',
    ...reachLines(cost),
  ];
}

function outlookLines({ past, coming }: Outlook, unit: string): readonly string[] {
  if (past.length === 0) return ['no day is known yet'];
  const highest = Math.max(...past.map(({ value }) => value), ...coming.map(({ high }) => high));
  const last = coming.at(-1);
  return [
    `past     ${sparkline(
      past.map(({ value }) => value),
      highest,
    )}  ${valueWords(past.at(-1)?.value, unit)} on ${dayWords(past.at(-1)?.at ?? '')}`,
    ...(last === undefined
      ? [`ahead    ${count(past.length, 'day')} known: a forecast takes 14`]
      : [
          `ahead    ${sparkline(
            coming.map(({ value }) => value),
            highest,
          )}  ${valueWords(last.value, unit)} (${valueWords(last.low, unit)} to ${valueWords(last.high, unit)}) on ${dayWords(last.at)}`,
        ]),
  ];
}

function perDay({ slope, low, high }: NonNullable<Outlook['slope']>, unit: string): string {
  const words = (value: number): string => `${value < 0 ? '-' : ''}${valueWords(Math.abs(value), unit)}`;
  return `${words(slope)} a day (${words(low)} to ${words(high)})`;
}
