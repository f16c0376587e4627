import type { JsonObject } from '#core/json.ts';
import { commandKey } from '#table/keys.ts';
import { ConditionFailed, type Table, type Write } from '#table/table.ts';
import type { Command } from './command.ts';
import type { AnswerMessage } from './messages.ts';
import type { Verdict } from './verdict.ts';

/** What is written on the command that another undid, or asked about, in the write that ends that one. */
export function marksOf(ended: Command, verdict: Verdict | undefined): Write[] {
  const { id, endedAt: at = 0, undoes, verifies, status } = ended;
  if (status !== 'SUCCEEDED') return [];
  if (undoes !== undefined) return [markWrite(undoes, { undoneBy: id, undoneAt: at })];
  if (verifies === undefined || verdict?.kind !== 'known') return [];
  return [markWrite(verifies, verdictMark(verdict.tookEffect, id, at))];
}

function markWrite(id: string, set: JsonObject): Write {
  return { update: { key: commandKey(id), set, condition: { exists: true } } };
}

/** By what it was found out whether a command took effect, besides a command that asked, by its id, and an operator. */
const BY_LATE_ANSWER = 'late answer';

/** See {@link BY_LATE_ANSWER}. */
export const BY_REPORTED_STATE = 'reported state';

function verdictMark(tookEffect: boolean, verifiedBy: string, verifiedAt: number): JsonObject {
  return { tookEffect, verifiedBy, verifiedAt };
}

/** What is known now of a command whose outcome was unknown, by whom or what, and since when (ms since the epoch). */
export interface Finding {
  readonly tookEffect: boolean;
  readonly by: string;
  readonly at: number;
}

/** Puts on record what was found out of a command whose outcome was unknown. */
export async function markFinding(
  table: Table,
  { id }: Pick<Command, 'id'>,
  { tookEffect, by, at }: Finding,
): Promise<void> {
  await table.update({
    key: commandKey(id),
    set: verdictMark(tookEffect, by, at),
    condition: { exists: true },
  });
}

/**
 * Takes the answer to a command that had been given up. Its step has gone on without it, and so nothing comes of it, but for
 * one that may have to be undone, or that undoes another: whether it took effect is known then. Says whether it was of use.
 */
export async function markByLateAnswer(
  table: Table,
  command: Command,
  { status, at }: { readonly status: AnswerMessage['status']; readonly at: number },
): Promise<boolean> {
  if (command.status !== 'TIMED_OUT' || (status !== 'SUCCEEDED' && status !== 'FAILED')) return false;
  const tookEffect = status === 'SUCCEEDED';
  if (command.undoes !== undefined && tookEffect) {
    const undone = { undoneBy: command.id, undoneAt: at };
    return markOnce(table, { id: command.undoes, set: undone, unless: 'undoneAt' });
  }
  if (command.compensate === undefined && command.isPivot === undefined) return false;
  const set = verdictMark(tookEffect, BY_LATE_ANSWER, at);
  return markOnce(table, { id: command.id, set, unless: 'tookEffect' });
}

interface Mark {
  readonly id: string;
  readonly set: JsonObject;
  /** The attribute that shows that it is known already. */
  readonly unless: string;
}

async function markOnce(table: Table, { id, set, unless }: Mark): Promise<boolean> {
  const condition = { all: [{ exists: true }, { attribute: unless, present: false }] };
  try {
    await table.update({ key: commandKey(id), set, condition });
    return true;
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
    return false;
  }
}
