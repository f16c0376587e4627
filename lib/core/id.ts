import { ulid } from 'ulid';
import type { Clock } from './clock.ts';
import type { Random } from './random.ts';

/** A new ULID: 26 characters that sort by the time of their making. */
export function newId(clock: Clock, random: Random): string {
  // A clock may tell fractions of a millisecond.
  return ulid(Math.floor(clock.now()), random);
}
