import type { Json } from '#core/json.ts';
import type { ExecutionDescription } from '../../engine.ts';
import { StateFailure } from '../failure.ts';
import { MapRun } from '../map-run.ts';
import { batchesOf } from './item-batches.ts';
import { concurrencyOf, inputOfItem, isRepeatable, itemsOf, type MapTry } from './map.ts';
import { itemsFrom, readerOf, resultsOf } from './map-data.ts';
import type { StateResult } from './state.ts';
import { type Tolerance, tolerance } from './tolerance.ts';

/** Most child executions at once where the state does not say. Step Functions has 10,000, on more than one machine. */
const DEFAULT_CONCURRENCY = 1_000;

/**
 * Runs the processor for each item, or batch of items, as an execution of its own with a history of its own. Children are
 * found again after a crash by their names, which follow from the execution and the item.
 */
export async function runDistributedMap(tried: MapTry): Promise<StateResult> {
  const { run, retryOf, state } = tried;
  const { thread } = run;
  const given = state.ItemReader === undefined ? (thread.peek()?.items ?? (await itemsOf(tried))) : [];
  const kept = isRepeatable(state.Items) ? {} : { items: given };
  const { id: startedId } = thread.record(
    'MapStateStarted',
    { length: given.length },
    { failure: retryOf, ...kept },
  );
  const limit = (await concurrencyOf(tried)) ?? DEFAULT_CONCURRENCY;
  const tolerated = await tolerance(tried);
  const reader = await readerOf(tried);
  const mapRun = new MapRun(tried, startedId);
  thread.record('MapRunStarted', { mapRunArn: mapRun.arn });
  try {
    throwRecordedFailure(tried);
    const items = reader === undefined ? given : await itemsFrom(tried, reader);
    const inputs = await batchesOf(tried, items, (index, value) => inputOfItem(tried, { index, value }));
    const { work } = run.execution;
    // The children work, and not their parent.
    const ended = await work.resting(runChildren(mapRun, inputs, { limit, tolerated }), thread.cancellation);
    const result = await resultsOf(tried, mapRun, ended);
    thread.record('MapRunSucceeded');
    thread.recordAside('MapStateSucceeded');
    return { result };
  } catch (error) {
    if (!(error instanceof StateFailure)) throw error;
    thread.record('MapRunFailed', { error: error.error, cause: error.reason });
    throw error;
  }
}

/** A Map Run that had failed before a crash fails again, without running its children. */
function throwRecordedFailure({ run }: MapTry): void {
  const after = run.thread.peek();
  if (after?.type !== 'MapRunFailed') return;
  throw new StateFailure(String(after.details['error']), String(after.details['cause']));
}

interface Bounds {
  readonly limit: number;
  readonly tolerated: Tolerance;
}

async function runChildren(
  mapRun: MapRun,
  inputs: readonly Json[],
  { limit, tolerated }: Bounds,
): Promise<readonly ExecutionDescription[]> {
  const ended: ExecutionDescription[] = [];
  let next = 0;
  let failures = 0;
  const cancellation = mapRun.cancellation;
  const work = async (): Promise<void> => {
    for (let index = next++; index < inputs.length && !cancellation.isCancelled; index = next++) {
      const child = await mapRun.runChild(index, inputs[index] ?? null);
      ended[index] = child;
      if (child.status !== 'SUCCEEDED' && tolerated.isExceededBy(++failures, inputs.length))
        cancellation.cancel();
    }
  };
  const workers = Array.from({ length: Math.min(limit, inputs.length) }, work);
  const outcomes = await Promise.allSettled(workers);
  if (failures > 0 && tolerated.isExceededBy(failures, inputs.length)) {
    throw new StateFailure(
      'States.ExceedToleratedFailureThreshold',
      'The specified tolerated failure threshold was exceeded',
    );
  }
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return ended;
}
