import type { JournalEvent } from './journal-store.ts';
import { cutBy, type FailedTry } from './thread.ts';

/** An event that a thread gives back when it runs again. */
export interface RecordedEvent extends JournalEvent {
  /** The event of the redrive that goes on from here: what follows is chained to it. */
  readonly followedBy?: number;
}

/** What a redrive goes back to. */
export interface Rewind {
  /** Id of its ExecutionRedriven event. */
  readonly event: number;
  /**
   * Ids of the events by which states were entered that run again from their beginning, although they were left; or of those by
   * which Map states started that go on where they were.
   */
  readonly rewindTo: readonly number[];
}

/**
 * The events that each thread gives back when an execution goes on, by thread. A redrive leaves out what it does again: of
 * every thread, all after the entry of the last state that was not left; of a Parallel or Map state, its start stays, and with
 * it the threads of its branches, each cut in the same way. The events stay in the history all the same, so that the
 * replay is the same after any crash.
 */
export function replayOf(
  events: readonly JournalEvent[],
  rewinds: readonly Rewind[],
): Map<string, RecordedEvent[]> {
  const threads = new Map<string, RecordedEvent[]>();
  for (const event of events) {
    if (event.type === 'ExecutionRedriven') {
      const rewindTo = rewinds.find((rewind) => rewind.event === event.id)?.rewindTo ?? [];
      for (const [name, recorded] of threads) threads.set(name, kept(recorded, new Set(rewindTo)));
      chain(threads.get('') ?? [], event.id);
      continue;
    }
    const thread = threads.get(event.thread);
    if (thread === undefined) threads.set(event.thread, [event]);
    else thread.push(event);
  }
  return threads;
}

function chain(thread: RecordedEvent[], redriven: number): void {
  const last = thread.pop();
  if (last !== undefined) thread.push({ ...last, followedBy: redriven });
}

const ENTERED = /StateEntered$/;
const EXITED = /StateExited$/;
const BLOCK_STARTED = /^(Parallel|Map)StateStarted$/;
/** What comes before the first state of a thread. */
const OPENINGS = ['ExecutionStarted', 'MapIterationStarted'];

function kept(events: readonly RecordedEvent[], rewindTo: ReadonlySet<number>): RecordedEvent[] {
  const again = events.findIndex(({ id }) => rewindTo.has(id));
  if (again >= 0) return events.slice(0, again + 1);
  const entered = events.findLastIndex(({ type }) => ENTERED.test(type));
  if (entered < 0) return events.filter(({ type }) => OPENINGS.includes(type));
  const before = events.slice(0, entered + 1);
  const after = events.slice(entered + 1);
  const exited = after.findIndex(({ type }) => EXITED.test(type));
  if (exited >= 0) {
    const end = after.slice(exited + 1).filter(({ type }) => type === 'MapIterationSucceeded');
    return [...before, ...after.slice(0, exited + 1), ...end];
  }
  // Of a block that was tried several times, the last try goes on.
  const started = after.findLast(({ type }) => BLOCK_STARTED.test(type));
  return started === undefined ? before : [...before, started];
}

/** The tries of Map and Parallel states that had failed and cut branches off, `<thread>/<start event>`. */
export function failedTries(
  threads: ReadonlyMap<string, readonly RecordedEvent[]>,
): ReadonlyMap<string, FailedTry> {
  const failed = new Map<string, FailedTry>();
  for (const event of [...threads.values()].flat()) {
    const name = cutBy(event);
    const { failure, previousEventId } = event;
    if (name !== undefined && failure !== undefined) failed.set(name, { failure, previousEventId });
  }
  return failed;
}
