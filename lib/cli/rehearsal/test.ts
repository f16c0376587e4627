import { writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { StepwrightError } from '#core/error.ts';
import { type CaseResult, runCase } from '#rehearsal/tests/run-case.ts';
import type { ExitCode } from '../print-fault.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { createBar } from './bar.ts';
import { junitOf } from './junit.ts';
import { type LoadedTests, loadTests } from './load-tests.ts';
import { printCase, printTotals } from './print-tests.ts';
import { isGood, type TestedCase } from './tested-case.ts';

/** What `stepwright test` was called with. */
export interface TestArguments {
  readonly paths: readonly string[];
  /** How many seeds each case is run with. */
  readonly seeds: number;
  /** Only cases whose name has this in it. */
  readonly only?: string;
  /** File to write a JUnit report to. */
  readonly junit?: string;
}

/** `stepwright test`: runs the cases of files of tests. Exit code 1 when something is not as a case expects. */
export async function testCommand(args: TestArguments, terminal: Terminal): Promise<ExitCode> {
  const loaded = loadTests(args.paths, terminal);
  const chosen = loaded.map((tests) => ({
    ...tests,
    cases: tests.cases.filter(({ name }) => args.only === undefined || name.includes(args.only)),
  }));
  const total = chosen.reduce((sum, { cases }) => sum + cases.length, 0);
  if (total === 0) throw noSuchCase(args.only ?? '');
  const bar = await createBar(terminal, total, 'cases');
  const tested: TestedCase[] = [];
  const began = performance.now();
  for (const tests of chosen) {
    for (const one of tests.cases) {
      tested.push(await runSeeds(tests, one, args.seeds));
      bar.update(tested.length);
      await setImmediate();
    }
  }
  bar.finish();
  const seconds = (performance.now() - began) / 1_000;
  if (args.junit !== undefined) writeReport(args.junit, junitOf(tested));
  if (terminal.json) printJson(terminal, documentOf(tested));
  else {
    for (const each of tested) printCase(each, terminal);
    printTotals(tested, seconds, terminal);
  }
  return tested.every(isGood) ? 0 : 1;
}

/** Stops at the first seed that shows something. */
async function runSeeds(tests: LoadedTests, one: CaseResult['one'], seeds: number): Promise<TestedCase> {
  const first = one.written.seed ?? 1;
  let last = await runCase(one, tests.tested, first);
  const results: [CaseResult, ...CaseResult[]] = [last];
  for (let more = 1; more < seeds && last.differences.length === 0; more++) {
    last = await runCase(one, tests.tested, first + more);
    results.push(last);
  }
  return { tests, results };
}

function documentOf(tested: readonly TestedCase[]): unknown {
  return {
    passed: tested.filter(isGood).length,
    failed: tested.filter((each) => !isGood(each)).length,
    cases: tested.map(({ tests, results }) => {
      const last = results.at(-1) ?? results[0];
      return {
        file: tests.source.file,
        ...tests.source.locate([...last.one.at]),
        name: last.one.name,
        passed: last.differences.length === 0,
        seeds: results.length,
        seed: last.seed,
        status: last.run.status,
        durationMs: last.run.durationMs,
        tookMs: Math.round(results.reduce((sum, { tookMs }) => sum + tookMs, 0)),
        differences: last.differences.map(({ at, ...rest }) => ({ at: at.join('.'), ...rest })),
      };
    }),
  };
}

function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const hint = 'name a file in a folder that is there';
    throw new StepwrightError(
      { code: 'SW3082', kind: 'invalid', message: `${file} cannot be written: ${reason}`, hint },
      { cause },
    );
  }
}

function noSuchCase(only: string): StepwrightError {
  return new StepwrightError({
    code: 'SW3083',
    kind: 'invalid',
    message: `no case has "${only}" in its name`,
    hint: 'leave --only out to run all cases',
  });
}
