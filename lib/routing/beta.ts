import type { Random } from '#core/random.ts';

/** A share drawn from a beta distribution: how likely success is, after so many successes and failures and one of each. */
export function drawShare(successes: number, failures: number, random: Random): number {
  const good = drawGamma(successes + 1, random);
  return good / (good + drawGamma(failures + 1, random));
}

/** Marsaglia and Tsang, "A simple method for generating gamma variables" (2000); the shape is at least 1. */
function drawGamma(shape: number, random: Random): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const normal = drawNormal(random);
    const v = (1 + c * normal) ** 3;
    if (v > 0 && Math.log(1 - random()) < normal ** 2 / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Box and Muller. */
function drawNormal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
