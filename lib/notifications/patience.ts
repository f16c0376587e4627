import type { Random } from '#core/random.ts';
import type { Delivery } from './delivery.ts';

/** Before the second try, in ms; it doubles from try to try. */
const FIRST_DELAY_MS = 5_000;
/** The longest that is waited between two tries, in ms. */
const LONGEST_DELAY_MS = 3_600_000;
/** Most tries of one delivery. */
export const MOST_TRIES = 50;
/** How long a receiver is tried that has nobody in its place, in ms. */
const PATIENCE_MS = 86_400_000;
/** How long one is tried that has: to be told another way soon is better than this way late. */
const PATIENCE_WITH_FALLBACK_MS = 5 * 60_000;

/** After which time a delivery is tried no more. */
export function lastTryAt({ fallbacks }: Pick<Delivery, 'fallbacks'>, now: number): number {
  return now + (fallbacks.length === 0 ? PATIENCE_MS : PATIENCE_WITH_FALLBACK_MS);
}

/**
 * When a delivery that has failed is tried again, or undefined when it is given up: exponential backoff, of which the latter half is
 * drawn, so that many that failed together do not come back together ("equal jitter", Marc Brooker, Exponential Backoff And
 * Jitter, 2015). Sooner than a receiver wants, it is never tried.
 *
 * @param waitMs how long the receiver asked to wait.
 */
export function nextTryAt(
  { tries, until }: Pick<Delivery, 'tries' | 'until'>,
  { now, random, waitMs = 0 }: { readonly now: number; readonly random: Random; readonly waitMs?: number },
): number | undefined {
  const delay = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (tries - 1));
  const next = Math.ceil(now + Math.max(waitMs, delay / 2 + (random() * delay) / 2));
  return tries >= MOST_TRIES || next > until ? undefined : next;
}
