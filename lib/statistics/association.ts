/** How often something went wrong with a property, and without it. */
export interface Contingency {
  readonly badWith: number;
  readonly with: number;
  readonly badWithout: number;
  readonly without: number;
}

/**
 * How likely so many bad ones or more would be with a property if it had nothing to do with it: Fisher's exact test, one-sided (R. A. Fisher,
 * "On the interpretation of χ² from contingency tables", Journal of the Royal Statistical Society 85, 1922). Exact also for few.
 */
export function fisherExact({ badWith, with: having, badWithout, without }: Contingency): number {
  const [all, bad] = [having + without, badWith + badWithout];
  let sum = 0;
  for (let count = badWith; count <= Math.min(having, bad); count++) {
    sum += Math.exp(logChoose(having, count) + logChoose(without, bad - count) - logChoose(all, bad));
  }
  return Math.min(1, sum);
}

/**
 * Corrected for how many were tested, so that of all that are told only so great a share is told by chance (Y. Benjamini and Y. Hochberg,
 * "Controlling the false discovery rate", Journal of the Royal Statistical Society B 57, 1995). In the order of what was given.
 */
export function correctedForMany(chances: readonly number[]): readonly number[] {
  const order = chances.map((chance, at) => ({ chance, at })).sort((one, other) => other.chance - one.chance);
  const corrected = new Array<number>(chances.length).fill(1);
  let least = 1;
  for (const [rank, { chance, at }] of order.entries()) {
    least = Math.min(least, (chance * chances.length) / (chances.length - rank));
    corrected[at] = least;
  }
  return corrected;
}

const logFactorials: number[] = [0];

function logFactorial(n: number): number {
  let last = logFactorials.at(-1) ?? 0;
  for (let next = logFactorials.length; next <= n; next++) {
    last += Math.log(next);
    logFactorials.push(last);
  }
  return logFactorials[n] ?? 0;
}

function logChoose(n: number, k: number): number {
  return logFactorial(n) - logFactorial(k) - logFactorial(n - k);
}
