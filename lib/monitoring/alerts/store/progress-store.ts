import * as z from 'zod';
import { alertKeys } from '#table/alert-keys.ts';
import { queryAll, type Table } from '#table/table.ts';
import { HistoryDataSchema } from '../conditions/hourly-history.ts';
import type { Learned } from '../evaluator.ts';
import { seriesKey } from '../rule-watch.ts';

/** How far the evaluation has come: everything up to a position of the log, at a time (ms since the epoch). */
export interface AlertCursor {
  readonly position: number;
  readonly at: number;
}

const CursorSchema = z.object({ position: z.number(), at: z.number() });

/** How far the evaluation has come; undefined where it has not begun. */
export async function findCursor(table: Table): Promise<AlertCursor | undefined> {
  const item = await table.get(alertKeys.cursor);
  return item === undefined ? undefined : CursorSchema.parse(item);
}

/** Notes how far the evaluation has come. */
export async function putCursor(table: Table, { position, at }: AlertCursor): Promise<void> {
  await table.put({ ...alertKeys.cursor, position, at });
}

const LearnedSchema = z.object({
  group: z.string(),
  rule: z.string(),
  by: z.record(z.string(), z.string()),
  history: HistoryDataSchema,
});

/** What was learned is forgotten after so long, in seconds. */
const KEEP_SECONDS = 35 * 86_400;

/** Keeps what was learned of what is usual. */
export async function putLearned(table: Table, learned: readonly Learned[], now: number): Promise<void> {
  await table.putAll(
    learned.map((one) => ({
      ...alertKeys.learned(`${one.group}.${one.rule}`, seriesKey(one.by)),
      ...{ group: one.group, rule: one.rule, by: { ...one.by } },
      history: { ...one.history, hours: one.history.hours.map((hour) => [...hour]) },
      expiresAt: Math.floor(now / 1_000) + KEEP_SECONDS,
    })),
  );
}

/** All that was learned. */
export async function allLearned(table: Table): Promise<readonly Learned[]> {
  const learned: Learned[] = [];
  for await (const item of queryAll(table, { partition: alertKeys.learnedPartition }))
    learned.push(LearnedSchema.parse(item));
  return learned;
}
