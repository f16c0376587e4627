import { median, robustDeviations } from './robust.ts';

/** Values at equal distances in time, the oldest first; undefined where nothing is known. */
export type Series = readonly (number | undefined)[];

/** A season: after so many values it comes again, and so many of them have to be known. */
export interface Season {
  readonly every: number;
  readonly least: number;
}

/** What was usual at a place of a series, and how far its value is from that. */
export interface Usual {
  readonly usual: number;
  /** Robust standard deviations. */
  readonly deviations: number;
}

/** More times are not looked at. */
const MOST_TIMES = 12;

/**
 * What was usual at each place of a series: the median of the values one season before, two, and so on, of the first season of which enough
 * is known; and how far the value is from it, by the median of the absolute deviations. Only what was before counts, so that a value does
 * not make itself usual.
 */
export function usualOf(
  series: Series,
  seasons: readonly Season[],
  isCount: boolean,
): readonly (Usual | undefined)[] {
  return series.map((value, at) => {
    for (const { every, least } of seasons) {
      const before: number[] = [];
      for (let back = at - every; back >= 0 && before.length < MOST_TIMES; back -= every) {
        const known = series[back];
        if (known !== undefined) before.push(known);
      }
      if (before.length < least) continue;
      const usual = median(before);
      return { usual, deviations: value === undefined ? 0 : robustDeviations(value, before, isCount) };
    }
    return undefined;
  });
}
