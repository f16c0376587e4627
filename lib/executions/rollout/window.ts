import type { BeginRequest } from '#compiler/rollout-payload.ts';
import { RuntimeError } from '#core/error.ts';
import { nextHours } from '#core/hours.ts';

/** A maintenance window by the clock of a site. */
export type SiteWindow = NonNullable<BeginRequest['window']>;

/**
 * When a window is next open: `now` where it is, else when it opens; in ms since the epoch. Throws Step.InvalidArguments for a time
 * zone that nobody knows.
 */
export function nextOpening(window: SiteWindow, now: number): number {
  try {
    return Math.max(now, nextHours(window, now).opens);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new RuntimeError('Step.InvalidArguments', `"${window.timezone}" is no time zone`, { cause });
  }
}
