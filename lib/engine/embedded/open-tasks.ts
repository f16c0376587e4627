import type { JournalEvent } from './journal-store.ts';
import { type Rewind, replayOf } from './replay.ts';
import { cutBy } from './thread.ts';

const SCHEDULED = /^(?:Task|Activity)Scheduled$/;
const ENDED = /^(?:Task|Activity)(?:Succeeded|Failed|TimedOut)$/;

/**
 * The tasks that a journal leaves open, each by the event before it was scheduled, which its token names. A task in a
 * branch that its Parallel or Map has done with is not open.
 */
export function openTasks(journal: readonly JournalEvent[], rewinds: readonly Rewind[]): readonly number[] {
  const lastIds = new Map<string, number>();
  const open = new Map<string, number>();
  const replayed = [...replayOf(journal, rewinds).values()].flat();
  for (const event of replayed.toSorted((left, right) => left.id - right.id)) {
    const { id, type, thread, previousEventId } = event;
    // The try goes on in the history only when it is made again; its branches are done with already.
    lastIds.set(parentOf(cutBy(event)) ?? thread, id);
    if (SCHEDULED.test(type)) open.set(thread, previousEventId);
    else if (ENDED.test(type)) open.delete(thread);
  }
  return [...open].filter(([thread]) => isWanted(thread, lastIds)).map(([, previous]) => previous);
}

/** Whether a thread's parents still wait where they started it: a thread is named `<parent>/<start event>.<index>`. */
function isWanted(thread: string, lastIds: ReadonlyMap<string, number>): boolean {
  const parent = parentOf(thread);
  if (parent === undefined) return true;
  const startedBy = Number.parseInt(thread.slice(parent.length + 1), 10);
  return lastIds.get(parent) === startedBy && isWanted(parent, lastIds);
}

function parentOf(thread: string | undefined): string | undefined {
  const at = thread?.lastIndexOf('/') ?? -1;
  return at < 0 ? undefined : thread?.slice(0, at);
}
