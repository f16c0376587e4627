import { isJsonObject } from '#core/json.ts';
import type { BranchResult, DecisionBranch } from '#definition/decision/tree.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import { checkOutputs, type Decision } from './decision-values.ts';
import { checkExpressions } from './expressions.ts';

/** Checks the branches of a decision tree, and those inside them. */
export function checkTree(branches: readonly DecisionBranch[], path: DocumentPath, decision: Decision): void {
  const last = branches.findIndex((branch) => 'else' in branch);
  for (const [at, branch] of branches.entries()) {
    if (last >= 0 && at > last) {
      decision.report.at([...path, at], {
        code: 'SW1503',
        message: 'this branch comes after `else`, and is never taken',
        hint: 'put `else` last',
      });
    }
    if ('if' in branch) checkExpressions(branch.if, [...path, at, 'if'], decision);
    checkResult(branch.give, [...path, at, 'give'], decision);
  }
}

function checkResult(result: BranchResult, path: DocumentPath, decision: Decision): void {
  if (isJsonObject(result)) checkOutputs(result, path, decision);
  else checkTree(result, path, decision);
}
