import type { Clock } from '#core/clock.ts';
import type { BlockRun } from '../run-block.ts';
import type { Thread } from '../thread.ts';

/** Resolves at a time (ms since the epoch), unless the thread is cancelled before. */
export function sleepUntil(at: number, thread: Thread, clock: Clock): Promise<void> {
  return thread.cancellation.wait<void>((resolve) => {
    const timer = clock.setTimer(at, resolve);
    return () => timer.cancel();
  });
}

/** The same, and earlier when an operator skips the state that was entered by this event. */
export function sleepUnlessSkipped(at: number, run: BlockRun, enteredId: number): Promise<void> {
  const { thread, execution } = run;
  return thread.cancellation.wait<void>((resolve) => {
    const timer = execution.clock.setTimer(at, resolve);
    const forget = execution.interventions.onSkip(enteredId, resolve);
    return () => {
      timer.cancel();
      forget();
    };
  });
}
