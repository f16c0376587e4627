import { isJsonObject } from '#core/json.ts';
import type { BranchResult, DecisionBranch } from '#definition/decision/tree.ts';
import { readExpression } from '#expression/delimiters.ts';
import type { Compiling } from './compiling.ts';
import type { Formula } from './formula.ts';
import { compileOutputs, type Outputs } from './outputs.ts';
import type { Run } from './run.ts';
import type { Steps } from './steps.ts';
import type { Decide, Decided } from './table/compile-table.ts';
import type { TakenBranch } from './trace.ts';

/** A branch, ready to be tried. */
interface CompiledBranch {
  readonly place: string;
  /** Undefined for `else`. */
  readonly condition: Formula | undefined;
  readonly result: Result;
}

type Result = { readonly outputs: Outputs } | { readonly branches: readonly CompiledBranch[] };

/** Makes a tree a function. Where no branch is taken, nothing is decided. */
export function compileTree(branches: readonly DecisionBranch[], compiling: Compiling): Decide {
  const compiled = compileBranches(branches, 'tree', compiling);
  return (run) => decideTree(compiled, run);
}

function* decideTree(branches: readonly CompiledBranch[], run: Run): Steps<Decided> {
  const taken: TakenBranch[] = [];
  let result: Result | undefined = { branches };
  while (result !== undefined && 'branches' in result) {
    const branch: CompiledBranch | undefined = yield* firstOf(result.branches, run);
    if (branch !== undefined) taken.push(tell(branch));
    result = branch?.result;
  }
  const outputs = result?.outputs;
  const output = outputs === undefined ? null : (outputs.constant ?? (yield* outputs.evaluate(run)));
  return { output, trace: { branches: taken } };
}

function* firstOf(branches: readonly CompiledBranch[], run: Run): Steps<CompiledBranch | undefined> {
  for (const branch of branches)
    if (branch.condition === undefined || (yield* run.isTrue(branch.condition))) return branch;
  return undefined;
}

function tell({ place, condition }: CompiledBranch): TakenBranch {
  return condition === undefined ? { place } : { place, if: condition.text };
}

function compileBranches(
  branches: readonly DecisionBranch[],
  place: string,
  compiling: Compiling,
): readonly CompiledBranch[] {
  return branches.map((branch, at) => {
    const own = `${place}.${at}`;
    const text = 'if' in branch ? (readExpression(branch.if)?.text ?? branch.if) : undefined;
    return {
      place: own,
      condition: text === undefined ? undefined : compiling.formula(text, `${own}.if`),
      result: compileResult(branch.give, `${own}.give`, compiling),
    };
  });
}

function compileResult(result: BranchResult, place: string, compiling: Compiling): Result {
  return isJsonObject(result)
    ? { outputs: compileOutputs(result, place, compiling) }
    : { branches: compileBranches(result, place, compiling) };
}
