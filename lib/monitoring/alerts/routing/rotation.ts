import { wallClock } from '#core/wall-clock.ts';
import type { AlertFile } from '#definition/alert/alert.ts';
import { msOf } from '../conditions/condition-of.ts';

/** Who is on call when, as written. */
export type Rotation = NonNullable<AlertFile['rotations']>[string];

/**
 * Who is on call at a moment, by name of the receiver. Shifts are counted by the clock on the wall: one of a day or a week changes
 * hands at the same time of day, also where the clocks are changed in between. Before the first shift, the first is on call.
 */
export function onCall({ receivers, start, shift, timezone = 'UTC' }: Rotation, now: number): string {
  const clock = wallClock(timezone);
  const shiftMs = msOf(shift);
  const first = Date.parse(`${start}:00Z`);
  let count = Math.floor((clock.wallTime(now) - first) / shiftMs);
  // An hour that comes twice changes nothing back.
  while (clock.instant(first + (count + 1) * shiftMs) <= now) count += 1;
  while (count > 0 && clock.instant(first + count * shiftMs) > now) count -= 1;
  return receivers[Math.max(0, count) % receivers.length] ?? '';
}

/** Receivers that names of receivers and rotations stand for at a moment, each once. */
export function receiversAt(names: readonly string[], file: AlertFile, now: number): readonly string[] {
  const { rotations = {} } = file;
  return [
    ...new Set(
      names.map((name) => {
        const rotation = Object.hasOwn(rotations, name) ? rotations[name] : undefined;
        return rotation === undefined ? name : onCall(rotation, now);
      }),
    ),
  ];
}
