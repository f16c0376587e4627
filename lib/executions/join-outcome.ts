import { executionKeys, taskKeys } from '#table/keys.ts';
import { ConditionFailed, type Key, queryAll, type Table } from '#table/table.ts';
import type { DecisionOutcome } from './decision-log.ts';
import { isFinal } from './execution.ts';
import { findExecution } from './execution-store.ts';

/** So many decisions are written at a time. */
const AT_ONCE = 25;

/**
 * Notes in the log how the execution has ended that asked for decisions. Without effect before its end; after a redrive, the later
 * end counts.
 */
export async function joinOutcome(table: Table, id: string): Promise<void> {
  const query = { partition: executionKeys.partition(id), prefix: taskKeys.decidedPrefix, limit: 1_000 };
  let outcome: DecisionOutcome | undefined;
  let some: Key[] = [];
  for await (const { pk, sk, logged } of queryAll(table, query)) {
    if (logged === undefined) continue;
    outcome ??= await outcomeOf(table, id);
    if (outcome === undefined) return;
    some.push({ pk, sk });
    if (some.length < AT_ONCE) continue;
    await note(table, some, outcome);
    some = [];
  }
  if (outcome !== undefined) await note(table, some, outcome);
}

async function outcomeOf(table: Table, id: string): Promise<DecisionOutcome | undefined> {
  const execution = await findExecution(table, id);
  if (execution?.endedAt === undefined || !isFinal(execution.status)) return undefined;
  const { workflow, version, status, endedAt } = execution;
  return { workflow, version, status, endedAt };
}

async function note(table: Table, keys: readonly Key[], outcome: DecisionOutcome): Promise<void> {
  await Promise.all(
    keys.map(async (key) => {
      try {
        await table.update({ key, set: { outcome }, condition: { exists: true } });
      } catch (error) {
        // It has been deleted meanwhile.
        if (!(error instanceof ConditionFailed)) throw error;
      }
    }),
  );
}
