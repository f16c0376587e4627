import { remember } from '#core/remember.ts';

/** What a process keeps of a ring that it reads by parts. */
export interface Step {
  /** Where the last part ended; undefined before the first. */
  at: string | undefined;
  /** The share of its devices that fitted. */
  share: number;
  /** The mean weight of the heaviest part that was seen. */
  heaviest: number;
}

/** Rings that a process keeps in mind. */
const MOST_RINGS = 10_000;

/**
 * Where this process is in each ring. It reads a large ring part after part, each with as many devices that fit: so each
 * device is in a choice as often as any other, however unevenly their hashes lie. It is kept in memory alone: after a
 * restart, or in another process, the walk begins at a place by chance.
 */
export type RingWalk = (ring: string) => Step;

/** A walk that has not begun. */
export function newWalk(): RingWalk {
  return remember(MOST_RINGS, () => ({ at: undefined, share: 1, heaviest: 0 }));
}
