import * as z from 'zod';
import type { Clock } from '#core/clock.ts';
import { readActivityArn } from '../arn.ts';
import { noActivity } from '../faults.ts';
import { ArnField, NameField, optional } from '../fields.ts';
import { operation } from '../operation.ts';

/** How long a poll is held open when there is no task, in ms (GetActivityTask). */
const POLL_MS = 60_000;

/** `GetActivityTask`: the next task of an activity, or nothing when none came within a minute. */
export const getActivityTask = operation(
  z.object({ activityArn: ArnField, workerName: optional(NameField) }),
  async ({ activityArn, workerName }, { activities, clock }, { signal }) => {
    const name = readActivityArn(activityArn);
    if (!activities.has(name)) throw noActivity(activityArn);
    using limited = limit(signal, clock);
    const task = await activities.poll(name, { workerName, signal: limited.signal });
    return task === undefined ? {} : { ...task };
  },
);

/** A signal that comes with another one, or when a poll has been held open long enough. */
function limit(signal: AbortSignal, clock: Clock): Disposable & { readonly signal: AbortSignal } {
  const own = new AbortController();
  const timer = clock.setTimer(clock.now() + POLL_MS, () => own.abort());
  return { signal: AbortSignal.any([signal, own.signal]), [Symbol.dispose]: () => timer.cancel() };
}
