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
  const { iteration, error, cause, onExceeded } = request;
  await mark(table, request);
  for (const limit of limitsOf(request)) {
    const failed = Number(
      (await table.get(executionKeys.tolerance(request.execution, limit.path)))?.['failed'] ?? 0,
    );
    const most = toleratedFailures(limit);
    if (failed <= most || onExceeded === 'continue') continue;
    throw new RuntimeError(
      onExceeded === 'halt' ? 'Stepwright.Halted' : 'Stepwright.ToleranceExceeded',
      `${failed} of ${limit.total} iterations of "${limit.path}" failed, and ${most} are tolerated; the last, ${iteration}, with ${error}: ${cause}`,
    );
  }
  return { status: 'FAILED', path: iteration, error, cause };
}

/** What failures are counted against: all iterations of a forEach, or those of one wave. */
type Limit = Pick<FailedIteration, 'path' | 'total' | 'tolerate'>;

function limitsOf({ path, total, tolerate, wave }: FailedIteration): readonly Limit[] {
  const all = { path, total, tolerate };
  if (wave?.tolerate === undefined) return [all];
  return [all, { path: wave.path, total: wave.to - wave.from, tolerate: wave.tolerate }];
}

/** How many failed iterations are borne: a percentage is of all items, rounded down. */
export function toleratedFailures({ total, tolerate }: Pick<Limit, 'total' | 'tolerate'>): number {
  return 'count' in tolerate ? tolerate.count : Math.floor((total * tolerate.percent) / 100);
}

/** Counts a failed iteration. It leaves its own mark, so that it counts once; the mark says what it counts against. */
async function mark(table: Table, request: FailedIteration): Promise<void> {
  const { execution, iteration } = request;
  const counted = limitsOf(request).map(({ path }) => path);
  try {
    await table.transact([
      {
        put: { ...executionKeys.failedIteration(execution, iteration), counted },
        condition: { exists: false },
      },
      ...counted.map((path) => ({
        update: { key: executionKeys.tolerance(execution, path), add: { failed: 1 } },
      })),
    ]);
  } catch (error) {
    if (!(error instanceof ConditionFailed)) throw error;
  }
}
