import type { Json } from '#core/json.ts';
import type { TaskFailure } from '../../engine.ts';
import type { Work } from '../admission/work.ts';
import { StateFailure } from '../failure.ts';
import { type FailedTry, Thread } from '../thread.ts';
import { joinAll, type Part } from './join-all.ts';

/** Parts of a Map or Parallel that run side by side, each on a thread of its own. */
export interface Branches {
  readonly type: 'Map' | 'Parallel';
  readonly thread: Thread;
  readonly work: Work;
  /** The event that began this try. */
  readonly startedId: number;
  readonly count: number;
  /** Most of them at once. */
  readonly limit: number;
  /** Gives the output of a branch, and the event that ends it. */
  run(branch: Thread, index: number): Promise<{ readonly output: Json; readonly endId: number }>;
  /** Tells that a branch was cut off by the failure of another one. */
  recordCut?(branch: Thread, index: number, by: FailedTry): void;
}

/** States whose end by the failure of another branch the history tells. */
const ABORTABLE = ['Task', 'Wait', 'Map', 'Parallel'] as const;

/** Runs branches to their outputs, in order. The first failure cancels the others, and is thrown. */
export async function runBranches(branches: Branches): Promise<Json[]> {
  const { type, thread, work, startedId, count, limit } = branches;
  throwRecordedFailure(branches);
  const cancellation = thread.cancellation.child();
  const threads: Thread[] = [];
  let last = startedId;
  const parts = Array.from({ length: count }, (_, index) => async (previous: number): Promise<Part> => {
    const branch = new Thread(thread.journal, `${thread.name}/${startedId}.${index}`, {
      previous,
      cancellation,
    });
    threads[index] = branch;
    const turn = work.wake(cancellation);
    if (turn !== undefined) await turn;
    try {
      const { output, endId } = await branches.run(branch, index);
      last = endId;
      // Others may go on for long, and a crash then is not to undo this one. The next flush tells of a journal that fails.
      void thread.journal.flush().catch(() => undefined);
      return { output, last: branch.previous };
    } finally {
      work.rest();
    }
  });
  const joining = joinAll(parts, { limit, after: startedId, cancellation });
  const joined = await work.resting(joining, thread.cancellation);
  cancellation.release();
  if ('outputs' in joined) {
    thread.continueFrom(last);
    thread.recordAside(`${type}StateSucceeded`);
    return joined.outputs;
  }
  const { error, index } = joined;
  if (error instanceof StateFailure) {
    thread.continueFrom(threads[index]?.previous ?? startedId);
    recordCuts(branches, { threads, failed: index, failure: error.toTaskFailure() });
  }
  throw error;
}

/** A try that had failed before a crash fails again, without running its branches. */
function throwRecordedFailure({ type, thread, startedId }: Branches): void {
  const after = thread.peek();
  const isOver = after?.type === `${type}StateStarted` || after?.type === `${type}StateFailed`;
  const cut = thread.journal.failedTry(`${thread.name}/${startedId}`);
  if (!isOver && cut === undefined) return;
  if (cut !== undefined) thread.continueFrom(cut.previousEventId);
  const { error, cause } = after?.failure ?? cut?.failure ?? {};
  throw new StateFailure(error, cause);
}

interface Cuts {
  readonly threads: readonly (Thread | undefined)[];
  /** Index of the branch that failed. */
  readonly failed: number;
  readonly failure: TaskFailure;
}

function recordCuts({ thread, recordCut }: Branches, { threads, failed, failure }: Cuts): void {
  const by = { failure, previousEventId: thread.previous };
  const others = [...threads.keys()].filter((index) => index !== failed);
  for (const index of [failed, ...others]) {
    const branch = threads[index];
    if (branch === undefined || branch.isDone) continue;
    if (index !== failed) recordCut?.(branch, index, by);
    const type = ABORTABLE.find((abortable) => abortable === branch.open.at(-1));
    if (type !== undefined) branch.recordCut(`${type}StateAborted`, {}, by);
  }
}
