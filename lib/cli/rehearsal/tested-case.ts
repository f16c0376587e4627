import type { CaseResult } from '#rehearsal/tests/run-case.ts';
import type { LoadedTests } from './load-tests.ts';

/** What came of a case with all its seeds. */
export interface TestedCase {
  readonly tests: LoadedTests;
  readonly results: readonly [CaseResult, ...CaseResult[]];
}

/** Whether a case came out as it should, with every seed. */
export function isGood({ results }: TestedCase): boolean {
  return results.every(({ differences }) => differences.length === 0);
}
