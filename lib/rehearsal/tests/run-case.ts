import type { CompiledWorkflow } from '#compiler/compiled-workflow.ts';
import type { Json } from '#core/json.ts';
import type { Catalogue } from '#definition/command.ts';
import type { Injection } from '#definition/rehearsal/test-file.ts';
import { type Rehearsal, type Rehearsed, rehearse } from '../rehearse.ts';
import { type Difference, differencesOf } from './differences.ts';
import type { ReadCase } from './read-tests.ts';

/** What all cases of a file have in common. */
export interface Tested {
  readonly workflows: readonly [CompiledWorkflow, ...CompiledWorkflow[]];
  readonly catalogue: Catalogue;
  readonly decisions?: NonNullable<Rehearsed['decisions']>;
}

/** What came of a case with one seed. */
export interface CaseResult {
  readonly one: ReadCase;
  readonly seed: number;
  readonly run: Rehearsal;
  /** What is not as it should be; empty is good. */
  readonly differences: readonly Difference[];
  /** Real time, in ms. */
  readonly tookMs: number;
}

/** What a case has a workflow run with. */
export function rehearsedCase(
  { fleet, faults, answers, written }: ReadCase,
  tested: Tested,
  more: readonly Injection[] = [],
): Rehearsed {
  const input: Json = written.input ?? {};
  return { ...tested, fleet, faults, answers, input, injections: [...(written.inject ?? []), ...more] };
}

/** Runs a case once. Throws SW4004 for an input that does not fit. */
export async function runCase(one: ReadCase, tested: Tested, seed: number): Promise<CaseResult> {
  const began = performance.now();
  const run = await rehearse(rehearsedCase(one, tested), seed);
  const differences = differencesOf(run, one.written.expect ?? {});
  return { one, seed, run, differences, tookMs: performance.now() - began };
}
