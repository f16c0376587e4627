import type { DecisionTable } from '#definition/decision/table.ts';
import { DecisionError } from '../fault.ts';
import type { Formula } from '../formula.ts';
import type { Run } from '../run.ts';
import type { Steps } from '../steps.ts';
import type { OtherRule, Trace } from '../trace.ts';
import type { CompiledRule } from './rule.ts';

/** Of how many rules it is told why they do not hold. */
const MOST_TOLD = 1_000;

/** Why the other rules of a table do not hold: of each the first cell, in the order of the file. */
export function* explainOthers(
  {
    rules,
    held,
    table,
  }: {
    readonly rules: readonly CompiledRule[];
    readonly held: readonly CompiledRule[];
    readonly table: DecisionTable;
  },
  run: Run,
): Steps<Pick<Trace, 'others' | 'moreOthers'>> {
  const others = rules.filter((rule) => !held.includes(rule));
  const told: OtherRule[] = [];
  for (const rule of others.slice(0, MOST_TOLD)) told.push(yield* explain(rule, table, run));
  return { others: told, ...(others.length > MOST_TOLD ? { moreOthers: others.length - MOST_TOLD } : {}) };
}

function* explain(
  { index, cells, formulas }: CompiledRule,
  table: DecisionTable,
  run: Run,
): Steps<OtherRule> {
  const when = table.rules[index]?.when ?? {};
  for (const [input, cell] of Object.entries(when)) {
    const value = run.input[input] ?? null;
    const plain = cells.find((each) => each.input === input);
    if (plain !== undefined && !plain.holds(value)) return { rule: index + 1, input, cell, value };
    const formula = formulas.find((each) => each.input === input)?.formula;
    if (formula !== undefined && !(yield* holdsSafely(formula, input, run)))
      return { rule: index + 1, input, cell, value };
  }
  return { rule: index + 1 };
}

/** A rule that need not have been looked at may have an expression that fails: the decision stands all the same. */
function* holdsSafely(formula: Formula, input: string, run: Run): Steps<boolean> {
  try {
    return yield* run.holds(formula, input);
  } catch (error) {
    if (error instanceof DecisionError) return false;
    throw error;
  }
}
