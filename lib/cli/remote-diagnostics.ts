import { compileWorkflow } from '#compiler/compile.ts';
import { compileOptions } from '#compiler/compile-options.ts';
import { diagnoseAtStep } from '#compiler/machine-rules/machine-diagnostics.ts';
import type { Diagnostic, Severity } from '#core/diagnostic.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import type { RemoteFinding, ValidateMachine } from '#engine/step-functions-validation.ts';
import type { ReadProject } from '#validation/read-project.ts';
import { soundWorkflows } from './examine-project.ts';

/** Codes of what Step Functions itself has found. */
const CODES: Readonly<Record<Severity, string>> = { error: 'SW1791', warning: 'SW1792', info: 'SW1792' };

/** What Step Functions itself has against the machines of workflows without errors, at the steps that they came from. */
export async function remoteDiagnostics(
  read: ReadProject,
  validateMachine: ValidateMachine,
): Promise<readonly Diagnostic[]> {
  const found: Diagnostic[] = [];
  for (const text of soundWorkflows(read)) {
    const { definition } = compileWorkflow(text.workflow, compileOptions(text.workflow, read.project));
    const findings = await validateMachine(definition);
    found.push(...findings.map((finding) => diagnoseAtStep(placed(finding), text)));
  }
  return found;
}

function placed({
  code,
  severity,
  message,
  location = '',
}: RemoteFinding): Parameters<typeof diagnoseAtStep>[0] {
  return {
    code: CODES[severity],
    severity,
    message: `Step Functions says ${code}: ${message}`,
    path: pathOf(location),
  };
}

/** The place that a location such as `/States/both/Branches[0]/States/read` stands for. No state has a number for a name. */
function pathOf(location: string): DocumentPath {
  const parts = location.split(/[/[\]]+/).filter((part) => part !== '');
  return parts.map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}
