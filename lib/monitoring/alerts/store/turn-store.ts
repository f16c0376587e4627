import * as z from 'zod';
import { alertEvaluationKeys } from '#table/alert-evaluation-keys.ts';
import { ConditionFailed, type Table } from '#table/table.ts';
import { WindowsPlaceSchema } from './windows-store.ts';

/** How far the evaluation has come, and what is on record of the windows of its rules. Times are ms since the epoch. */
export const ProgressSchema = z.object({
  /** Cursor of the feed of events. */
  position: z.string(),
  /** As of when it was looked. */
  at: z.number(),
  windows: WindowsPlaceSchema.extend({
    /** Cursor of the feed up to which events are in them. */
    position: z.string(),
    /** Which rules they are of. */
    rules: z.string(),
  }).exactOptional(),
});

/** How far the evaluation has come. */
export type Progress = z.infer<typeof ProgressSchema>;

const StateSchema = z.object({
  /** How many turns there were. */
  turn: z.number().int(),
  /** When what the turn before has written is in the indexes of the table, in ms since the epoch. */
  settledAt: z.number().exactOptional(),
  progress: ProgressSchema.exactOptional(),
});

/** A turn of whoever evaluates: nobody else does meanwhile. */
export interface Turn extends z.infer<typeof StateSchema> {
  readonly holder: string;
}

/** Takes the next turn; undefined while somebody else has one. A turn of which no end is heard is over after `forMs`. */
export async function takeTurn(
  table: Table,
  { holder, now, forMs }: { readonly holder: string; readonly now: number; readonly forMs: number },
): Promise<Turn | undefined> {
  try {
    const item = await table.update({
      key: alertEvaluationKeys.state,
      set: { holder, heldUntil: now + forMs },
      add: { turn: 1 },
      condition: { any: [{ exists: false }, { attribute: 'heldUntil', below: now }] },
    });
    return { ...StateSchema.parse(item), holder };
  } catch (error) {
    if (error instanceof ConditionFailed) return undefined;
    throw error;
  }
}

/** Ends a turn, with what has come of it. False where it had been over before, and somebody else may have taken the next. */
export async function endTurn(
  table: Table,
  { holder }: Turn,
  { settledAt, progress }: { readonly settledAt: number; readonly progress: Progress | undefined },
): Promise<boolean> {
  try {
    await table.update({
      key: alertEvaluationKeys.state,
      set: { heldUntil: 0, settledAt, ...(progress === undefined ? {} : { progress }) },
      condition: { attribute: 'holder', equals: holder },
    });
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}
