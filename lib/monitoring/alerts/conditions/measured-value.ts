import type { MeasuredField, WatchedMetric } from '#definition/alert/signals.ts';
import type { Observation } from '../observation.ts';

/** What an event has measured, in the unit of the metric; undefined where it has not. */
export function measuredValue({ field, unit }: MeasuredField, seen: Observation): number | undefined {
  const value = seen.data(field);
  if (typeof value !== 'number') return undefined;
  return Math.max(0, value) / (unit === 's' ? 1_000 : 1);
}

/** Whether an event is one of those that a metric counts. */
export function isCounted(
  { having }: Extract<WatchedMetric, { readonly of: 'count' }>,
  seen: Observation,
): boolean {
  return having === undefined || Number(seen.data(having) ?? 0) > 0;
}
