import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic } from '#core/diagnostic.ts';
import type { Json } from '#core/json.ts';
import { type CompiledDecision, type DecideOptions, decide } from './decision.ts';
import { DecisionError } from './fault.ts';
import type { SourcedDecision } from './sourced-decision.ts';

/** How a test case of a decision came out. */
export interface TestResult {
  readonly decision: string;
  readonly version: string;
  /** Its name, or its number from 1. */
  readonly test: string;
  /** Its place in the list of tests, from 0. */
  readonly index: number;
  readonly passed: boolean;
  readonly given: Json;
  readonly expected: Json;
  /** What was decided; undefined when it failed. */
  readonly actual: Json | undefined;
  /** Why nothing was decided. */
  readonly error: string | undefined;
}

/** Runs the test cases that stand in the file of a decision, one after the other. */
export async function runTests(
  decision: CompiledDecision,
  options: DecideOptions = {},
): Promise<readonly TestResult[]> {
  const { decision: name, version, tests = [] } = decision.file;
  const results: TestResult[] = [];
  for (const [index, { name: title, given, expect: expected }] of tests.entries()) {
    const outcome = await outcomeOf(decision, given, options);
    const passed = outcome.error === undefined && isDeepStrictEqual(outcome.actual, expected);
    const test = title ?? `test ${index + 1}`;
    results.push({ ...{ decision: name, version, test, index, passed, given, expected }, ...outcome });
  }
  return results;
}

async function outcomeOf(
  decision: CompiledDecision,
  given: Json,
  options: DecideOptions,
): Promise<Pick<TestResult, 'actual' | 'error'>> {
  try {
    return { actual: (await decide(decision, given, options)).output, error: undefined };
  } catch (error) {
    if (!(error instanceof DecisionError)) throw error;
    return { actual: undefined, error: `${error.name}: ${error.message}` };
  }
}

/** A test case that does not hold, at its place. */
export function testDiagnostic({ source }: SourcedDecision, result: TestResult): Diagnostic {
  const { index, test, actual, error, expected } = result;
  const came = error ?? `decided is ${JSON.stringify(actual)}`;
  return source.diagnose(['tests', index, 'expect'], {
    code: 'SW1824',
    message: `"${test}" does not hold: ${came}, expected is ${JSON.stringify(expected)}`,
    hint: '"stepwright decisions evaluate" with --trace tells why it is decided so',
  });
}
