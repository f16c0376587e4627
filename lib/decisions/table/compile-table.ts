import type { Json } from '#core/json.ts';
import type { DecisionTable } from '#definition/decision/table.ts';
import type { Compiling } from '../compiling.ts';
import { compileOutputs } from '../outputs.ts';
import type { Run } from '../run.ts';
import type { Steps } from '../steps.ts';
import type { HeldRule, Trace } from '../trace.ts';
import { explainOthers } from './explain.ts';
import { compilePolicy } from './hit-policy.ts';
import { partition } from './partition.ts';
import { type CompiledRule, compileRules, plainCellsHold } from './rule.ts';

/** What a form of a decision decides, with its part of the trace. */
export interface Decided {
  readonly output: Json;
  readonly trace: Pick<Trace, 'rules' | 'otherwise' | 'others' | 'moreOthers' | 'branches'>;
}

/** A form of a decision as a function. Where all is asked for, the trace tells of what did not hold, too. */
export type Decide = (run: Run, tellAll: boolean) => Steps<Decided>;

/** Makes a table a function: finds the rules that can hold by an index, tries those, and leaves the rest to its policy. */
export function compileTable(table: DecisionTable, compiling: Compiling): Decide {
  const rules = compileRules(table, compiling);
  const policy = compilePolicy(table, compiling);
  const otherwise =
    table.otherwise === undefined ? undefined : compileOutputs(table.otherwise, 'table.otherwise', compiling);
  const candidates = partition(rules);
  const isPlain = rules.every(({ formulas }) => formulas.length === 0);
  return function* decideTable(run, tellAll) {
    const possible = candidates(run.input);
    const held = isPlain
      ? plainlyHeld(possible, policy.enough, run)
      : yield* heldOf(possible, policy.enough, run);
    const given = held.map(({ give }) => give);
    const isOtherwise = held.length === 0 && otherwise !== undefined;
    if (isOtherwise) given.push(otherwise);
    const output = yield* policy.decide({ held, given, run });
    const told = held.map(tellHeld);
    const trace = isOtherwise ? { rules: told, otherwise: true } : { rules: told };
    if (!tellAll) return { output, trace };
    return { output, trace: { ...trace, ...(yield* explainOthers({ rules, held, table }, run)) } };
  };
}

/** The same where no rule has an expression. */
function plainlyHeld(
  candidates: readonly CompiledRule[],
  enough: number | undefined,
  { input }: Run,
): readonly CompiledRule[] {
  const held: CompiledRule[] = [];
  for (const rule of candidates) {
    if (!plainCellsHold(rule, input)) continue;
    held.push(rule);
    if (held.length === enough) break;
  }
  return held;
}

/** The rules that hold, of some in their order; no more than are enough. */
function* heldOf(
  candidates: readonly CompiledRule[],
  enough: number | undefined,
  run: Run,
): Steps<readonly CompiledRule[]> {
  const held: CompiledRule[] = [];
  for (const rule of candidates) {
    if (!plainCellsHold(rule, run.input)) continue;
    if (rule.formulas.length > 0 && !(yield* formulasHold(rule, run))) continue;
    held.push(rule);
    if (held.length === enough) break;
  }
  return held;
}

/** Whether all expressions of a rule hold whose plain cells do. */
export function* formulasHold(rule: CompiledRule, run: Run): Steps<boolean> {
  for (const { formula, input } of rule.formulas) if (!(yield* run.holds(formula, input))) return false;
  return true;
}

function tellHeld({ index, note }: CompiledRule): HeldRule {
  return note === undefined ? { rule: index + 1 } : { rule: index + 1, note };
}
