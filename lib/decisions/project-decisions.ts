import type { Diagnostic } from '#core/diagnostic.ts';
import { hasErrors } from '#core/diagnostic.ts';
import { loadText, type ProjectFiles } from '#definition/load.ts';
import { Library } from './library.ts';
import { readDecisions, type SourcedDecision } from './sourced-decision.ts';
import { runTests, testDiagnostic } from './test-cases.ts';

/** The decisions of a project, those that others go by before them, and what is wrong with how they hang together. */
export interface ProjectDecisions {
  readonly library: Library;
  readonly decisions: readonly SourcedDecision[];
  readonly diagnostics: readonly Diagnostic[];
}

/** Reads the decisions of a project with the reference data beside them. */
export function projectDecisions({
  decisions: sources = [],
}: Pick<ProjectFiles, 'decisions'>): ProjectDecisions {
  const { decisions, diagnostics } = readDecisions(sources, loadText);
  const library = new Library(decisions);
  const linked = decisions.flatMap((decision) => library.faultsOf(decision));
  return { library, decisions: inOrder(decisions, library), diagnostics: [...diagnostics, ...linked] };
}

/** Each after those that it goes by, so that they can be published in this order. */
function inOrder(decisions: readonly SourcedDecision[], library: Library): readonly SourcedDecision[] {
  const begun = new Set<SourcedDecision>();
  const ordered: SourcedDecision[] = [];
  const add = (decision: SourcedDecision): void => {
    if (begun.has(decision)) return;
    begun.add(decision);
    for (const used of library.usesOf(decision).values()) if (used !== undefined) add(used);
    ordered.push(decision);
  };
  decisions.forEach(add);
  return ordered;
}

/** Runs the test cases in the files of decisions, where nothing else is wrong; tells of those that do not hold. */
export async function failedTests(
  { library, decisions }: ProjectDecisions,
  found: readonly Diagnostic[],
): Promise<readonly Diagnostic[]> {
  if (hasErrors(found)) return [];
  const failed: Diagnostic[] = [];
  for (const decision of decisions) {
    const results = await runTests(library.compile(decision));
    failed.push(...results.filter(({ passed }) => !passed).map((result) => testDiagnostic(decision, result)));
  }
  return failed;
}
