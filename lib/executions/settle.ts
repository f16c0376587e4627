import type { Json } from '#core/json.ts';
import { executionKeys } from '#table/keys.ts';
import { ConditionFailed, type Table } from '#table/table.ts';
import type { Execution, ExecutionStatus } from './execution.ts';
import { findExecution } from './execution-store.ts';
import type { ExecutionPorts } from './ports.ts';

/** What is told of an end before, which a redrive has overtaken. */
const OF_AN_END = ['error', 'cause', 'endedAt', 'pausedAt'];

/** Moves an execution on from the status it was read with. Without effect when another has done so meanwhile. */
export async function settle(
  table: Table,
  { id, status: before }: Execution,
  after: { readonly status: ExecutionStatus; readonly [attribute: string]: Json },
): Promise<void> {
  try {
    await table.update({
      key: executionKeys.meta(id),
      set: after,
      // An unwind keeps why it was begun.
      remove: before === 'ROLLING_BACK' ? [] : OF_AN_END.filter((attribute) => !(attribute in after)),
      condition: { attribute: 'status', equals: before },
    });
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}

/** How the unwind of an execution has ended. */
interface RollbackEnd {
  /** Which unwind it was: one that another has taken over from has no say any more. */
  readonly run: number;
  readonly isComplete: boolean;
}

/** Ends an execution that was rolling back. Without effect on one that was not. */
export async function settleRollback(
  { table, clock }: Pick<ExecutionPorts, 'table' | 'clock'>,
  id: string,
  { run, isComplete }: RollbackEnd,
): Promise<void> {
  const execution = await findExecution(table, id);
  if (execution?.status !== 'ROLLING_BACK' || (execution.unwindRun ?? 0) !== run) return;
  const status = isComplete ? 'ROLLED_BACK' : 'ROLLBACK_INCOMPLETE';
  await settle(table, execution, { status, endedAt: clock.now() });
}
