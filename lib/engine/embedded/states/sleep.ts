import type { Clock } from '#core/clock.ts';
import type { Thread } from '../thread.ts';

/** Resolves at a time (ms since the epoch), unless the thread is cancelled before. */
export function sleepUntil(at: number, thread: Thread, clock: Clock): Promise<void> {
  return thread.cancellation.wait<void>((resolve) => {
    const timer = clock.setTimer(at, resolve);
    return () => timer.cancel();
  });
}
