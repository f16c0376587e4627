import { type Clock, sleep } from '#core/clock.ts';
import type { ExecutionDescription, ExecutionEnded } from '../engine.ts';

/** What telling of an end takes. */
export interface Notification {
  onEnded(event: ExecutionEnded): Promise<void>;
  markNotified(): Promise<void>;
  isClosed(): boolean;
  readonly clock: Clock;
}

const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 60_000;

/** Tells that an execution has ended until the listener has taken it, ever more slowly. */
export async function notifyEnded(
  description: ExecutionDescription,
  notification: Notification,
): Promise<void> {
  const { ref, status, output, error, cause, endedAt = 0 } = description;
  if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return;
  const event: ExecutionEnded = {
    ref,
    status,
    ...(output === undefined ? {} : { output }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
    endedAt,
  };
  for (let delay = FIRST_DELAY_MS; !notification.isClosed(); delay = Math.min(delay * 2, LONGEST_DELAY_MS)) {
    try {
      await notification.onEnded(event);
      if (!notification.isClosed()) await notification.markNotified();
      return;
    } catch {
      await sleep(notification.clock, delay);
    }
  }
}
