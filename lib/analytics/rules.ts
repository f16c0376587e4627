import type { DecisionFile } from '#definition/decision/decision.ts';
import type { DecisionBranch } from '#definition/decision/tree.ts';
import type { DecisionRecord } from './record.ts';

/** What of a decision gives its answers: rules of a table from `1`, `otherwise`, the ends of a tree such as `tree.0.give.1`. */
export function rulesOf({ table, tree }: Pick<DecisionFile, 'table' | 'tree'>): readonly string[] {
  if (tree !== undefined) return endsOf(tree, 'tree');
  if (table === undefined) return [];
  const rules = table.rules.map((_, at) => String(at + 1));
  return table.otherwise === undefined ? rules : [...rules, OTHERWISE];
}

/** Which of them were hit by a decision: several where a table collects; `none` where no rule held. */
export function hitRules({ rules, otherwise, branches, error }: DecisionRecord): readonly string[] {
  if (error !== undefined) return [];
  if (otherwise === true) return [OTHERWISE];
  if (branches !== undefined) return [branches.at(-1) ?? NONE];
  if (rules === undefined) return [];
  return rules.length === 0 ? [NONE] : rules.map(String);
}

const OTHERWISE = 'otherwise';
const NONE = 'none';

function endsOf(branches: readonly DecisionBranch[], place: string): readonly string[] {
  return branches.flatMap(({ give }, at) =>
    isBranches(give) ? endsOf(give, `${place}.${at}.give`) : [`${place}.${at}`],
  );
}

function isBranches(give: DecisionBranch['give']): give is readonly DecisionBranch[] {
  return Array.isArray(give);
}
