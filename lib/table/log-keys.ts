import { shardOf } from './shard.ts';
import type { Item, Key } from './table.ts';

/**
 * The decision log: what was decided, and which devices were chosen, by when. Its records are items of executions (why a step was
 * decided as it was, the command that was routed), which gsi1 finds by decision or workflow and by time.
 */

/** Into how many partitions a day of the log of one decision, or one workflow, is spread by execution. */
const SHARDS = 4;

/** Where an item of the log stands in gsi1. */
export type LogIndex = Required<Pick<Item, 'gsi1pk' | 'gsi1sk'>>;

/** What an entry of the log goes by: when it was made (ms since the Unix epoch), by which execution, and its own id. */
export interface LogEntry {
  readonly at: number;
  readonly execution: string;
  readonly id: string;
}

/** A part of the log: the decisions of one name, or the routes of one workflow. */
export interface LogName {
  readonly kind: 'decision' | 'route';
  /** Of the decision, or of the workflow. */
  readonly name: string;
}

/** gsi1: the log of a decision, or of the routes of a workflow. */
export const logKeys = {
  index: (log: LogName, { at, execution, id }: LogEntry): LogIndex => ({
    gsi1pk: partition(log, dayOf(at), shardOf(execution, SHARDS)),
    gsi1sk: `${logKeys.moment(at)}#${id}`,
  }),
  /** The partitions of a UTC day such as 2026-11-26. */
  partitions: (log: LogName, day: string): readonly string[] =>
    Array.from({ length: SHARDS }, (_, shard) => partition(log, day, shard)),
  /** How entries of a time begin: those of all earlier times sort before it. */
  moment: (at: number): string => String(Math.floor(at)).padStart(15, '0'),
} as const;

function partition({ kind, name }: LogName, day: string, shard: number): string {
  return `${kind === 'decision' ? 'DECISION' : 'WORKFLOW'}#${name}#LOG#${day}#${shard}`;
}

/** gsi1: commands that no execution has issued, by the day and time at which they were asked for. */
export const byHandKeys = {
  partition: (day: string): string => `COMMANDS#BY-HAND#${day}`,
  index: (at: number, id: string): LogIndex => ({
    gsi1pk: byHandKeys.partition(dayOf(at)),
    gsi1sk: `${logKeys.moment(at)}#${id}`,
  }),
} as const;

/** The UTC day of a time in ms since the Unix epoch. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** How two versions of a decision are tried on live traffic, by the version that steps ask. */
export const trialKeys = {
  trial: (decision: string, version: string): Key => ({ pk: `DECISION#${decision}`, sk: `TRIAL#${version}` }),
  partition: (decision: string): string => `DECISION#${decision}`,
  prefix: 'TRIAL#',
} as const;

/** By what ids are hashed where data is handed out without them. It never leaves the store. */
export const pseudonymKeys = { secret: { pk: 'SETTING', sk: 'PSEUDONYMS' } } as const;
