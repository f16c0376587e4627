/** Of a normal distribution, the standard deviation is so many times the median of the absolute deviations. */
const MAD_TO_DEVIATION = 1.4826;

/** Where nearly all values are the same, so great a share of them counts as one deviation all the same. */
const LEAST_SHARE = 0.05;

/**
 * How many robust standard deviations a value is from what is usual: from the median, by the median of the absolute deviations, which a few
 * odd values do not move (B. Iglewicz and D. Hoaglin, "How to Detect and Handle Outliers", 1993).
 * @param isCount whether values are counts of events, which differ by chance by the square root of how many there are.
 */
export function robustDeviations(value: number, usual: readonly number[], isCount: boolean): number {
  const middle = median(usual);
  const spread = MAD_TO_DEVIATION * median(usual.map((one) => Math.abs(one - middle)));
  const least = isCount ? Math.sqrt(Math.max(1, middle)) : LEAST_SHARE * Math.abs(middle);
  return (value - middle) / Math.max(spread, least, Number.EPSILON);
}

/** The middle one of some values; 0 where there is none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const at = sorted.length >> 1;
  const upper = sorted[at] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[at - 1] ?? upper)) / 2;
}
