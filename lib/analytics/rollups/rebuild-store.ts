import * as z from 'zod';
import { StepwrightError } from '#core/error.ts';
import { retentionKeys } from '#table/retention-keys.ts';
import { rollupKeys } from '#table/rollup-keys.ts';
import { ConditionFailed, type Item, type Table } from '#table/table.ts';
import { startOf } from './cube.ts';
import { KEEP_MS } from './rollup-store.ts';

const RebuildSchema = z.object({
  from: z.number(),
  to: z.number(),
  next: z.number(),
  executions: z.number(),
  askedAt: z.number(),
  tries: z.number().default(0),
  givenUp: z.array(z.number()).default([]),
});

/** What is counted anew from records: whole days, in UTC, one after another. Times in ms since the epoch. */
export interface Rebuild {
  readonly from: number;
  /** The begin of the day after the last. */
  readonly to: number;
  /** The day that comes next; `to` when all is done. */
  readonly next: number;
  /** How many executions were read, one that took some days several times. */
  readonly executions: number;
  readonly askedAt: number;
  /** How often the next day was begun: more than once where it took longer than a call may, or failed. */
  readonly tries: number;
  /** Days of which nothing came however often they were begun: they stay as they were counted. */
  readonly givenUp: readonly number[];
}

/** The last rebuild that was asked for. */
export async function findRebuild(table: Pick<Table, 'get'>): Promise<Rebuild | undefined> {
  const item = await table.get(rollupKeys.rebuild);
  return item === undefined ? undefined : RebuildSchema.parse(item);
}

/** Notes how far a rebuild is. Gives false when another was asked for meanwhile, which takes its place. */
export async function noteRebuild(table: Pick<Table, 'put'>, rebuild: Rebuild): Promise<boolean> {
  try {
    await table.put(itemOf(rebuild), { attribute: 'askedAt', equals: rebuild.askedAt });
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}

function itemOf(rebuild: Rebuild): Item {
  return { ...rollupKeys.rebuild, ...rebuild };
}

/**
 * Asks for the days of a period to be counted anew; whoever counts begins with it. A rebuild that is under way is given up for it. Throws
 * SW4241 where records of the period are deleted, and what was counted of them would be lost.
 */
export async function askForRebuild(
  table: Table,
  { from, to }: { readonly from: number; readonly to: number },
  now: number,
): Promise<Rebuild> {
  const begin = startOf('day', Math.max(from, now - KEEP_MS.day));
  const first = (await table.get(retentionKeys.progress('executions')))?.['day'];
  if (typeof first === 'string' && begin < Date.parse(first)) throw noRecords(first);
  const end = startOf('day', Math.min(to, now) - 1) + 86_400_000;
  const rebuild = { from: begin, to: end, next: begin, executions: 0, askedAt: now, tries: 0, givenUp: [] };
  await table.put(itemOf(rebuild));
  return rebuild;
}

function noRecords(day: string): StepwrightError {
  return new StepwrightError({
    code: 'SW4241',
    kind: 'conflict',
    message: `records of executions before ${day} are deleted: what was counted of them cannot be counted again`,
    hint: `ask for a rebuild from ${day} on`,
  });
}
