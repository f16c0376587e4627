import { Cancelled } from '../cancellation.ts';
import { StateFailure } from '../failure.ts';
import { MapRun } from '../map-run.ts';
import { batchesOf } from './item-batches.ts';
import { concurrencyOf, inputOfItem, isRepeatable, itemsOf, type MapTry } from './map.ts';
import { itemsFrom, readerOf, resultsOf } from './map-data.ts';
import { runChildren } from './run-children.ts';
import type { StateResult } from './state.ts';
import { tolerance } from './tolerance.ts';

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
  const maxConcurrency = (await concurrencyOf(tried)) ?? 0;
  const bounds = { maxConcurrency, ...(await tolerance(tried)) };
  const reader = await readerOf(tried);
  const mapRun = new MapRun(tried, startedId, bounds);
  const begun = thread.previous;
  try {
    throwRecordedFailure(tried);
    const items = reader === undefined ? given : await itemsFrom(tried, reader);
    const batches = await batchesOf(tried, items, (index, value) => inputOfItem(tried, { index, value }));
    mapRun.count(items.length, batches.count);
    // The children work, and not their parent.
    const { work } = run.execution;
    const count = await work.resting(runChildren(mapRun, batches, items.length), thread.cancellation);
    const result = await resultsOf(tried, mapRun, count);
    mapRun.end('SUCCEEDED', thread.record('MapRunSucceeded').timestamp);
    thread.recordAside('MapStateSucceeded');
    // What follows is chained to the start of the run (runs recorded since November 2024).
    thread.continueFrom(begun);
    return { result };
  } catch (error) {
    recordEnd(tried, mapRun, error);
    throw error;
  }
}

/** One that is cut off has no part in what follows: a redrive takes it up where it was. */
function recordEnd({ run: { thread } }: MapTry, mapRun: MapRun, error: unknown): void {
  if (error instanceof StateFailure) {
    const { timestamp } = thread.record('MapRunFailed', { error: error.error, cause: error.reason });
    mapRun.end('FAILED', timestamp);
  } else if (error instanceof Cancelled) {
    mapRun.end('ABORTED', thread.recordAborted('MapRunAborted').timestamp);
  }
}

/** A Map Run that had failed before a crash fails again, without running its children. */
function throwRecordedFailure({ run }: MapTry): void {
  const after = run.thread.peek();
  if (after?.type !== 'MapRunFailed') return;
  throw new StateFailure(String(after.details['error']), String(after.details['cause']));
}
