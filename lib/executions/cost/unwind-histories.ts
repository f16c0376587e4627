import type { HistoryEvent } from '#engine/history.ts';
import type { Execution } from '../execution.ts';
import { eventsOf, type HistoryPort } from '../read-history.ts';
import { currentRun, unwindRef } from '../unwind-run.ts';

/** So many unwinds of an execution are looked at, the last ones. */
const MOST_UNWINDS = 5;

/** The histories of the unwinds of a whole execution; those of iterations by themselves are not looked for. */
export async function unwindHistories(
  engine: Pick<HistoryPort, 'history'>,
  execution: Execution,
): Promise<readonly (readonly HistoryEvent[])[]> {
  const { run: last } = currentRun(execution) ?? { run: -1 };
  const runs = Array.from({ length: last + 1 }, (_, run) => run).slice(-MOST_UNWINDS);
  return Promise.all(runs.map((run) => eventsOf(engine, unwindRef(execution.id, run))));
}
