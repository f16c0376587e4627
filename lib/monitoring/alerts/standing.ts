import type { Bounds } from './conditions/watch.ts';

/** How a value stands: as it should not be, well, or within the bounds but not yet well again. */
export type Standing = 'bad' | 'well' | 'between';

/**
 * How a value stands to the bounds of a rule, and to the one this side of which it is well again. No value is well: nothing
 * is known against it.
 */
export function standingOf(
  value: number | undefined,
  { above, below }: Bounds,
  wellBound?: number,
): Standing {
  if (value === undefined) return 'well';
  if ((above !== undefined && value > above) || (below !== undefined && value < below)) return 'bad';
  const isNotYetWell =
    wellBound !== undefined &&
    ((above !== undefined && wellBound < above && value > wellBound) ||
      (below !== undefined && wellBound > below && value < wellBound));
  return isNotYetWell ? 'between' : 'well';
}
