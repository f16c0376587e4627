import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compileWorkflow } from '#compiler/compile.ts';
import { compileOptions } from '#compiler/compile-options.ts';
import { type Diagnostic, hasErrors } from '#core/diagnostic.ts';
import { loadProject, type ProjectFiles } from '#definition/load.ts';
import type { Source } from '#definition/source.ts';
import { readFaultFile } from '#rehearsal/read-faults.ts';
import { readCases, readTestFile } from '#rehearsal/tests/read-tests.ts';
import { readProject } from '#validation/read-project.ts';
import { noWorkflowThere, sourceAt } from './tested-files.ts';

/** All that is wrong with the files of tests and of faults of a project. */
export function rehearsalDiagnostics({ documents }: ProjectFiles): readonly Diagnostic[] {
  return documents.flatMap(({ kind, source }) => {
    if (kind === 'faults') return readFaultFile(source).diagnostics;
    return kind === 'test' ? testDiagnostics(source) : [];
  });
}

/** What is wrong with the workflow itself is told of its own file. */
function testDiagnostics(source: Source): readonly Diagnostic[] {
  const { file, diagnostics } = readTestFile(source);
  if (file === undefined) return diagnostics;
  const path = join(dirname(source.file), file.test);
  if (!existsSync(path)) return [...diagnostics, noWorkflowThere(source, file.test)];
  const read = readProject(loadProject(path));
  const found = read.workflows.find((one) => one.source.file === path);
  if (found === undefined || hasErrors(read.diagnostics)) return diagnostics;
  const compiled = compileWorkflow(found.workflow, compileOptions(found.workflow, read.project));
  const findFile = (name: string): Source | undefined => sourceAt(join(dirname(source.file), name));
  return [...diagnostics, ...readCases({ file, source }, compiled, findFile).diagnostics];
}
