/** What was measured of one thing, repeatedly; in the unit that its name says. */
export interface Distribution {
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly n: number;
}

/** Mean and percentiles (nearest rank) of samples. */
export function distribution(samples: readonly number[]): Distribution {
  const sorted = samples.toSorted((one, other) => one - other);
  const rank = (share: number): number => sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
  const mean = samples.reduce((sum, sample) => sum + sample, 0) / samples.length;
  return { mean: round(mean), p50: round(rank(0.5)), p95: round(rank(0.95)), n: samples.length };
}

/** Milliseconds that some work takes. */
export async function timeMs(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Milliseconds that each of `n` repetitions takes, one after another, after `warmUp` that are not counted. */
export async function repeatMs(
  n: number,
  warmUp: number,
  work: (index: number) => Promise<unknown>,
): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < n + warmUp; index++) {
    const took = await timeMs(() => work(index));
    if (index >= warmUp) samples.push(took);
  }
  return samples;
}

/** A number with three significant digits. */
export function round(value: number): number {
  return Number(value.toPrecision(3));
}
