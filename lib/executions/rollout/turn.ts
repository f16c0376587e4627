import { executionKeys } from '#table/keys.ts';
import { ConditionFailed, type Table } from '#table/table.ts';

/** Whose turn is asked for: an iteration of a forEach, one every `spacingMs`. */
export interface TurnAsked {
  readonly execution: string;
  /** Path of the forEach. */
  readonly rollout: string;
  readonly spacingMs: number;
  readonly now: number;
}

/** Takes the next turn, and gives when it is, in ms since the epoch. Time in which nobody asked is not made up for. */
export async function takeTurn(
  table: Table,
  { execution, rollout, spacingMs, now }: TurnAsked,
): Promise<number> {
  const key = executionKeys.rolloutRate(execution, rollout);
  for (let item = await table.get(key); ; ) {
    const free = item?.['freeAt'];
    const turn = typeof free === 'number' ? Math.max(now, free) : now;
    try {
      await table.update({
        key,
        set: { freeAt: turn + spacingMs },
        condition:
          typeof free === 'number'
            ? { attribute: 'freeAt', equals: free }
            : { attribute: 'freeAt', present: false },
      });
      return turn;
    } catch (error) {
      if (!(error instanceof ConditionFailed)) throw error;
      item = error.item ?? (await table.get(key));
    }
  }
}
