import type { SettleIterationRequest } from '#compiler/task-payload.ts';
import { RuntimeError } from '#core/error.ts';
import type { JsonObject } from '#core/json.ts';
import { executionKeys } from '#table/keys.ts';
import { ConditionFailed, type Table } from '#table/table.ts';

/** What is told of a failed iteration. */
type FailedIteration = Omit<SettleIterationRequest, 'taskToken'>;

/**
 * Counts a failed iteration, once, against what its forEach tolerates. Gives what becomes the iteration's output, or fails
 * with Stepwright.ToleranceExceeded.
 */
export async function settleIteration(
  { table }: { readonly table: Table },
  request: FailedIteration,
): Promise<JsonObject> {
  const { iteration, error, cause, total, onExceeded } = request;
  const failed = await count(table, request);
  const most = toleratedFailures(request);
  if (failed > most && onExceeded !== 'continue') {
    throw new RuntimeError(
      onExceeded === 'halt' ? 'Stepwright.Halted' : 'Stepwright.ToleranceExceeded',
      `${failed} of ${total} iterations of "${request.path}" failed, and ${most} are tolerated; the last, ${iteration}, with ${error}: ${cause}`,
    );
  }
  return { status: 'FAILED', path: iteration, error, cause };
}

/** How many failed iterations are borne: a percentage is of all items, rounded down. */
export function toleratedFailures({ total, tolerate }: Pick<FailedIteration, 'total' | 'tolerate'>): number {
  return 'count' in tolerate ? tolerate.count : Math.floor((total * tolerate.percent) / 100);
}

/** How many iterations have failed, this one included. An iteration leaves its own mark, so that it counts once. */
async function count(table: Table, { execution, path, iteration }: FailedIteration): Promise<number> {
  const key = executionKeys.tolerance(execution, path);
  try {
    await table.transact([
      { put: { ...executionKeys.failedIteration(execution, iteration) }, condition: { exists: false } },
      { update: { key, add: { failed: 1 } } },
    ]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
  return Number((await table.get(key))?.['failed'] ?? 0);
}
