import { existsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { StepwrightError } from '#core/error.ts';
import { loadProject, loadSource } from '#definition/load.ts';
import type { Source } from '#definition/source.ts';
import type { ReadCase } from '#rehearsal/tests/read-tests.ts';
import { readCases, readTestFile } from '#rehearsal/tests/read-tests.ts';
import type { Tested } from '#rehearsal/tests/run-case.ts';
import { AlreadyTold } from '../already-told.ts';
import { type LoadedWorkflow, loadValidWorkflow } from '../load.ts';
import { noteDiagnostics, refuseErrors } from '../refuse-errors.ts';
import { printJson, type Terminal } from '../terminal.ts';
import { compileLoaded, decisionsOf } from './scenario.ts';
import { noWorkflowThere, sourceAt } from './tested-files.ts';

/** A file of tests that is ready to run. */
export interface LoadedTests {
  readonly source: Source;
  readonly workflow: LoadedWorkflow;
  readonly tested: Tested;
  readonly cases: readonly ReadCase[];
}

/**
 * Loads the files of tests that some paths name: of a folder all, of a workflow those of it. Prints what is wrong, and throws
 * {@link AlreadyTold}. Throws SW3081 when there is none.
 */
export function loadTests(paths: readonly string[], terminal: Terminal): readonly LoadedTests[] {
  const found = testsIn(paths, terminal);
  if (found.length > 0) return found;
  throw new StepwrightError({
    code: 'SW3081',
    kind: 'invalid',
    message: `there are no tests in ${paths.join(', ')}`,
    hint: 'write them beside the workflow, as my-workflow.test.yaml; docs/guide/test.md shows how',
  });
}

/** The same, where there may be none. */
export function testsIn(paths: readonly string[], terminal: Terminal): readonly LoadedTests[] {
  const sources = [...new Map(paths.flatMap(testsAt).map((source) => [source.file, source])).values()];
  return sources.map((source) => loadTestsOf(source, terminal));
}

/** Of a workflow file, the tests that stand beside it. */
function testsAt(path: string): readonly Source[] {
  const { documents, workflows } = loadProject(path);
  const tests = documents.flatMap(({ kind, source }) => (kind === 'test' ? [source] : []));
  if (tests.length > 0 || statSync(path).isDirectory()) return tests;
  const beside = path.replace(/\.(ya?ml|json)$/, '.test.$1');
  return workflows.length > 0 && existsSync(beside) ? [loadSource(beside)] : [];
}

function loadTestsOf(source: Source, terminal: Terminal): LoadedTests {
  const { file, diagnostics } = readTestFile(source);
  refuseErrors(diagnostics, [source], terminal);
  if (file === undefined) throw new AlreadyTold(`${source.file} is no file of tests`);
  const folder = dirname(source.file);
  const path = join(folder, file.test);
  if (!existsSync(path)) throw noWorkflow(source, file.test, terminal);
  const workflow = loadValidWorkflow(path, terminal);
  const workflows = compileLoaded(workflow);
  const read = readCases({ file, source }, workflows[0], (name) => sourceAt(join(folder, name)));
  refuseErrors(read.diagnostics, [source], terminal);
  const tested = { workflows, catalogue: workflow.project.catalogue, decisions: decisionsOf(workflow) };
  return { source, workflow, tested, cases: read.cases };
}

function noWorkflow(source: Source, named: string, terminal: Terminal): AlreadyTold {
  const diagnostics = [noWorkflowThere(source, named)];
  noteDiagnostics(diagnostics, [source], terminal);
  if (terminal.json) printJson(terminal, { diagnostics });
  return new AlreadyTold(`${source.file} tests no workflow`);
}
