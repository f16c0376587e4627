import { compareRun, type Depth, type Difference } from './compare.ts';
import { IsolatedReproducer } from './isolated.ts';
import type { RecordedCase } from './recorded-case.ts';

/** How one case went. */
export interface Verdict {
  readonly name: string;
  /** None: it was reproduced. */
  readonly differences: readonly Difference[];
}

/** Cases that were measured, and how many of them were reproduced. */
export interface Share {
  readonly cases: number;
  readonly reproduced: number;
}

/** Longest time for one case, in ms. */
const LIMIT_MS = 10_000;

/** Reproduces cases one after another. */
export async function* measure(
  cases: Iterable<RecordedCase>,
  depth: Depth = 'events',
): AsyncGenerator<Verdict> {
  using reproducer = new IsolatedReproducer(LIMIT_MS);
  for (const recorded of cases) {
    const differences = compareRun(recorded, await reproducer.reproduce(recorded), depth);
    yield { name: recorded.name, differences };
  }
}

/** How many of these were reproduced. */
export function shareOf(verdicts: readonly Verdict[]): Share {
  return {
    cases: verdicts.length,
    reproduced: verdicts.filter(({ differences }) => differences.length === 0).length,
  };
}

/** The shares of each family of cases: what stands before the first dot of their names. */
export function sharesByFamily(verdicts: readonly Verdict[]): ReadonlyMap<string, Share> {
  const families = Map.groupBy(verdicts, ({ name }) => name.split('.')[0] ?? '');
  return new Map([...families].map(([family, members]) => [family, shareOf(members)]));
}
