import { StateFault } from '../failure.ts';
import { numberOf } from '../field-number.ts';
import type { MapTry } from './map.ts';

/** How many children of a distributed Map may fail. */
export interface Tolerance {
  readonly count: number;
  /** From 0 to 100. */
  readonly percentage: number;
  /** Whether this many failures, of so many items, are too many. */
  isExceededBy(failures: number, items: number): boolean;
}

/** Reads ToleratedFailureCount and ToleratedFailurePercentage; where both are there, either is enough to fail the Map. */
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
  return {
    count: count ?? 0,
    percentage: percentage ?? 0,
    isExceededBy: (failures, items) => {
      const overCount = failures > (count ?? 0);
      const overPercentage = failures * 100 > (percentage ?? 0) * items;
      if (count === undefined) return percentage === undefined ? overCount : overPercentage;
      return percentage === undefined ? overCount : overCount || overPercentage;
    },
  };
}
