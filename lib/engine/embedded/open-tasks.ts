import type { JournalEvent } from './journal-store.ts';

const TASK_ENDS = new Set(['TaskSucceeded', 'TaskFailed', 'TaskTimedOut']);

/**
 * The tasks that a journal leaves open, each by the event before it was scheduled, which its token names. A task in a
 * branch that its Parallel or Map has done with is not open.
 */
export function openTasks(journal: readonly JournalEvent[]): readonly number[] {
  const lastIds = new Map<string, number>();
  const open = new Map<string, number>();
  for (const { id, type, thread, previousEventId } of journal) {
    lastIds.set(thread, id);
    if (type === 'TaskScheduled') open.set(thread, previousEventId);
    else if (TASK_ENDS.has(type)) open.delete(thread);
  }
  return [...open].filter(([thread]) => isWanted(thread, lastIds)).map(([, previous]) => previous);
}

/** Whether a thread's parents still wait where they started it: a thread is named `<parent>/<start event>.<index>`. */
function isWanted(thread: string, lastIds: ReadonlyMap<string, number>): boolean {
  const at = thread.lastIndexOf('/');
  if (at < 0) return true;
  const parent = thread.slice(0, at);
  const startedBy = Number.parseInt(thread.slice(at + 1), 10);
  return lastIds.get(parent) === startedBy && isWanted(parent, lastIds);
}
