import { type Execution, isFinal } from '#executions/execution.ts';
import { canGoOn } from '#executions/operate/refusals.ts';
import { executionKeys } from '#table/keys.ts';
import type { Table } from '#table/table.ts';

/** So long after its end, what has failed can be redriven. In ms. */
const REDRIVABLE_MS = 14 * 86_400_000;

/**
 * Whether an execution is still needed at a time, though it may have ended long ago: it can be redriven, its undo is incomplete, or the
 * execution that has called it is still there, and may have it undone.
 */
export async function isNeeded(
  table: Table,
  { status, endedAt, parent }: Execution,
  { before, now }: { readonly before: number; readonly now: number },
): Promise<boolean> {
  if (!isFinal(status) || endedAt === undefined || endedAt >= before) return true;
  if (status === 'ROLLBACK_INCOMPLETE') return true;
  if (canGoOn({ status }) && now - endedAt < REDRIVABLE_MS) return true;
  return parent !== undefined && (await table.get(executionKeys.meta(parent.execution))) !== undefined;
}
