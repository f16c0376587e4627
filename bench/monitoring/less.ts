import type { Round } from './messages.ts';

/** By how much less went on in a second, after than before, over many rounds. */
export interface Less {
  readonly before: number;
  readonly after: number;
  readonly percent: number;
  /** Of the percent: two times out of three the true figure is no farther away. */
  readonly standardError: number;
}

/**
 * The ratio of the sums, and its standard error by how far the rounds are from it (ratio estimator; Cochran, Sampling Techniques, 3rd ed.,
 * 6.19). A mean of the ratios of all rounds would be biased by how much these vary.
 */
export function less(rounds: readonly Round[]): Less {
  const n = rounds.length;
  const before = rounds.reduce((sum, [one]) => sum + one, 0) / n;
  const after = rounds.reduce((sum, [, other]) => sum + other, 0) / n;
  const ratio = after / before;
  const squares = rounds.reduce((sum, [one, other]) => sum + (other - ratio * one) ** 2, 0);
  const standardError = (Math.sqrt(squares / (n * (n - 1))) / before) * 100;
  return { before, after, percent: (1 - ratio) * 100, standardError };
}
