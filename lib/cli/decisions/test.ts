import { projectDecisions } from '#decisions/project-decisions.ts';
import { runTests, type TestResult } from '#decisions/test-cases.ts';
import { loadProject } from '#definition/load.ts';
import { examineProject } from '../examine-project.ts';
import { filesOf } from '../load.ts';
import type { ExitCode } from '../print-fault.ts';
import { refuseErrors } from '../refuse-errors.ts';
import { printJson, type Terminal } from '../terminal.ts';

/** What `stepwright decisions test` was called with. */
export interface TestDecisionsArguments {
  readonly paths: readonly string[];
}

/** `stepwright decisions test`: runs the test cases of decision files. Exit code 1 when one does not hold. */
export async function testDecisionsCommand(
  { paths }: TestDecisionsArguments,
  terminal: Terminal,
): Promise<ExitCode> {
  const results: (TestResult & { readonly file: string })[] = [];
  for (const path of paths) {
    const files = loadProject(path);
    refuseErrors(examineProject(files).diagnostics, filesOf(files), terminal);
    const { library, decisions } = projectDecisions(files);
    const asked = files.documents.map(({ source }) => source);
    for (const decision of decisions.filter(({ source }) => asked.includes(source))) {
      const own = await runTests(library.compile(decision));
      results.push(...own.map((result) => ({ ...result, file: decision.source.file })));
    }
  }
  const failed = results.filter(({ passed }) => !passed);
  if (terminal.json)
    printJson(terminal, { passed: results.length - failed.length, failed: failed.length, results });
  else {
    for (const result of results) terminal.print(resultLines(result, terminal).join('\n'));
    terminal.print(`${results.length} tests, ${failed.length} failed`);
  }
  return failed.length > 0 ? 1 : 0;
}

function resultLines(result: TestResult, { paint }: Terminal): readonly string[] {
  const { decision, version, test, passed, given, expected, actual, error } = result;
  if (passed) return [`${paint.green('ok')}   ${decision} ${version}: ${test}`];
  return [
    `${paint.red('FAIL')} ${decision} ${version}: ${test}`,
    `     given    ${JSON.stringify(given)}`,
    `     expected ${JSON.stringify(expected)}`,
    `     decided  ${error ?? JSON.stringify(actual)}`,
  ];
}
