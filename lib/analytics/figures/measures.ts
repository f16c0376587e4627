import type { Cell } from '../rollups/cell.ts';
import { SPANS, type Span } from '../rollups/cube.ts';
import { type Family, NANODOLLARS } from '../rollups/facts.ts';

/** What can be asked for over time. */
export interface Measure {
  readonly family: Family;
  readonly unit: 'count' | 'share' | 'ms' | 'dollars' | 'mean';
  readonly meaning: string;
  /** Undefined where nothing can be said of a cell. */
  of(cell: Cell, by: Span): number | undefined;
}

/** Ends of executions that are no success, without those that somebody stopped. */
export const FAILED_EXECUTIONS = ['failed', 'timedOut', 'rolledBack', 'rollbackIncomplete'] as const;
/** All ends of executions. */
export const ENDED_EXECUTIONS = ['succeeded', 'stopped', ...FAILED_EXECUTIONS] as const;
const FAILED_COMMANDS = ['failed', 'timedOut', 'expired'] as const;
const ENDED_COMMANDS = ['succeeded', 'cancelled', ...FAILED_COMMANDS] as const;

const TABLE = {
  'executions.started': counted('executions', 'Executions that started.', ['started']),
  'executions.ended': counted('executions', 'Executions that ended.', ENDED_EXECUTIONS),
  'executions.failed': counted(
    'executions',
    'Those that failed, timed out, or were rolled back.',
    FAILED_EXECUTIONS,
  ),
  'executions.failureRate': share('executions', 'Their share.', FAILED_EXECUTIONS, ENDED_EXECUTIONS),
  'executions.duration': time('executions', 'Median of how long they took.', 0.5),
  'executions.duration.p90': time('executions', 'Nine of ten took no longer.', 0.9),
  'executions.concurrency': average('executions', 'How many ran at once, on average.', 'busyMs'),
  'executions.cost': {
    ...{ family: 'executions', unit: 'dollars' },
    meaning: 'What they took of AWS, or would have there, in US dollars.',
    of: (cell) => cell.count('nanodollars') / NANODOLLARS,
  },
  'steps.failed': counted('steps', 'Steps that failed.', ['failed', 'compensationFailed']),
  'steps.retries': counted('steps', 'How often steps were tried again.', ['retries']),
  'steps.duration': time('steps', 'Median of how long they took.', 0.5),
  'commands.ended': counted('commands', 'Commands that ended.', ENDED_COMMANDS),
  'commands.failed': counted('commands', 'Those that failed, timed out or expired.', FAILED_COMMANDS),
  'commands.failureRate': share('commands', 'Their share.', FAILED_COMMANDS, ENDED_COMMANDS),
  'commands.latency': time('commands', 'Median from sending to the answer.', 0.5),
  'commands.latency.p90': time('commands', 'Nine of ten took no longer.', 0.9),
  'pools.used': average('pools', 'How many units were held at once, on average.', 'unitMs'),
  'pools.wait': time('pools', 'Median of the time in line.', 0.5),
  'approvals.wait': time('approvals', 'Median of how long people took.', 0.5),
} as const satisfies Readonly<Record<string, Measure>>;

/** The name of a measure. */
export type MeasureName = keyof typeof TABLE;

/** Everything that can be asked for over time, by name. */
export const MEASURES: Readonly<Record<MeasureName, Measure>> = TABLE;

/** The names of all measures. */
export const MEASURE_NAMES = Object.keys(MEASURES).filter(isMeasureName);

/** Whether a text names a measure. */
export function isMeasureName(name: string): name is MeasureName {
  return Object.hasOwn(MEASURES, name);
}

function counted(family: Family, meaning: string, names: readonly string[]): Measure {
  return { family, unit: 'count', meaning, of: (cell) => cell.total(names) };
}

function share(family: Family, meaning: string, names: readonly string[], of: readonly string[]): Measure {
  const shareIn = (cell: Cell): number | undefined => {
    const all = cell.total(of);
    return all === 0 ? undefined : cell.total(names) / all;
  };
  return { family, unit: 'share', meaning, of: shareIn };
}

function time(family: Family, meaning: string, quantile: number): Measure {
  return { family, unit: 'ms', meaning, of: (cell) => cell.times.quantile(quantile) };
}

/** What something took of the time of a bucket. */
function average(family: Family, meaning: string, name: string): Measure {
  return { family, unit: 'mean', meaning, of: (cell, by) => cell.count(name) / SPANS[by] };
}
