import { StateFault } from '../failure.ts';
import { numberOf } from '../field-number.ts';
import type { MapRunBounds } from '../map-run-store.ts';
import type { MapTry } from './map.ts';

/** How many items of a distributed Map may fail. */
export type Tolerance = Pick<MapRunBounds, 'toleratedFailureCount' | 'toleratedFailurePercentage'>;

/** Reads ToleratedFailureCount and ToleratedFailurePercentage. */
export async function tolerance({ state, query }: MapTry): Promise<Tolerance> {
  const countField = await query.value(state, 'ToleratedFailureCount');
  const percentageField = await query.value(state, 'ToleratedFailurePercentage');
  const count = countField === undefined ? undefined : numberOf(countField, 'integer');
  const percentage = percentageField === undefined ? undefined : numberOf(percentageField, 'float');
  if (count !== undefined && count < 0) {
    throw new StateFault('States.Runtime', 'ToleratedFailureCount cannot be negative.');
  }
  if (percentage !== undefined && (percentage < 0 || percentage > 100)) {
    throw new StateFault('States.Runtime', 'ToleratedFailurePercentage must be between 0 and 100.');
  }
  return { toleratedFailureCount: count, toleratedFailurePercentage: percentage };
}

/** Whether so many failures, of so many items, are too many; where count and percentage are said, either is enough. */
export function isExceeded(
  { toleratedFailureCount: count, toleratedFailurePercentage: percentage }: Tolerance,
  failures: number,
  items: number,
): boolean {
  const overCount = failures > (count ?? 0);
  const overPercentage = failures * 100 > (percentage ?? 0) * items;
  if (count === undefined) return percentage === undefined ? overCount : overPercentage;
  return percentage === undefined ? overCount : overCount || overPercentage;
}
