import type { JournalEvent } from '#engine/embedded/journal-store.ts';

const SCHEDULED = ['TaskScheduled', 'ActivityScheduled'];
const ENDS = /^(?:Task|Activity)(?:Succeeded|Failed|TimedOut)$/;

/** What the key of a try names: `<name of the execution>:<event before the task>`, and `.<redrives>` after a redrive. */
export interface TaskKey {
  readonly previous: number;
  readonly redrives: number;
}

/** A try in the journal. */
export interface JournaledTry {
  readonly scheduled: JournalEvent;
  /** The entry of its state. */
  readonly entered: JournalEvent | undefined;
  readonly end: JournalEvent | undefined;
}

/** Takes a key apart. */
export function readKey(key: string): TaskKey {
  const [previous = '', redrives = '0'] = key.slice(key.lastIndexOf(':') + 1).split('.');
  return { previous: Number(previous), redrives: Number(redrives) };
}

/** The try that a key names: of the same event, each redrive schedules another one. */
export function findTry(journal: readonly JournalEvent[], key: string): JournaledTry | undefined {
  const { previous, redrives } = readKey(key);
  let redriven = 0;
  const at = journal.findIndex(({ type, previousEventId }) => {
    if (type === 'ExecutionRedriven') redriven++;
    return redriven === redrives && SCHEDULED.includes(type) && previousEventId === previous;
  });
  const scheduled = journal[at];
  if (scheduled === undefined) return undefined;
  const ofThread = ({ thread }: JournalEvent): boolean => thread === scheduled.thread;
  const end = journal.slice(at).find((event) => ofThread(event) && ENDS.test(event.type));
  const isOver = end !== undefined && !isRedrivenBetween(journal, at, end);
  return {
    scheduled,
    entered: journal.slice(0, at).findLast((event) => ofThread(event) && event.type === 'TaskStateEntered'),
    end: isOver ? end : undefined,
  };
}

function isRedrivenBetween(journal: readonly JournalEvent[], from: number, end: JournalEvent): boolean {
  return journal.slice(from).some(({ type, id }) => type === 'ExecutionRedriven' && id < end.id);
}
