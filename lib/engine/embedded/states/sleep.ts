import type { BlockRun } from '../run-block.ts';

/**
 * Resolves at a time (ms since the epoch), or when an operator skips the state that was entered by this event, unless the
 * thread is cancelled before.
 */
export function sleepUnlessSkipped(at: number, run: BlockRun, enteredId: number): Promise<void> {
  const { thread, execution } = run;
  const slept = thread.cancellation.wait<void>((resolve) => {
    const { clock, interventions } = execution;
    const timer = clock.setTimer(at, () => {
      if (!interventions.isClaimed(enteredId)) resolve();
    });
    const forget = interventions.onSkip(enteredId, resolve);
    return () => {
      timer.cancel();
      forget();
    };
  });
  return execution.work.resting(slept, thread.cancellation);
}
