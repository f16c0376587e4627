import type { Json } from '#core/json.ts';
import { type Condition, conditionOf, type Range } from '#definition/decision/condition.ts';
import { type Predicate, predicateOf } from '#definition/decision/predicate.ts';
import type { DecisionTable } from '#definition/decision/table.ts';
import type { Compiling } from '../compiling.ts';
import type { Formula } from '../formula.ts';
import { compileOutputs, type Outputs } from '../outputs.ts';

/** What a rule asks of one input by a plain test. */
export interface PlainCell {
  readonly input: string;
  readonly holds: Predicate;
  readonly condition: Extract<Condition, { kind: 'sets' }>;
  /** The ranges outside of which it does not hold, true, false and null aside; undefined where it may hold anywhere. */
  readonly ranges: readonly Range[] | undefined;
}

/** What a rule asks of one input by an expression over its `$value`. */
export interface FormulaCell {
  readonly input: string;
  readonly formula: Formula;
}

/** A rule, ready to be tried: its plain cells first, those that rule out most at the least cost before the others. */
export interface CompiledRule {
  /** From 0. */
  readonly index: number;
  readonly cells: readonly PlainCell[];
  readonly formulas: readonly FormulaCell[];
  readonly give: Outputs;
  readonly note: string | undefined;
}

/** Makes the rules of a table ready. */
export function compileRules({ rules }: DecisionTable, compiling: Compiling): readonly CompiledRule[] {
  return rules.map(({ when, give, note }, index): CompiledRule => {
    const place = `table.rules.${index}`;
    const cells: PlainCell[] = [];
    const formulas: FormulaCell[] = [];
    for (const [input, cell] of Object.entries(when)) {
      const condition = conditionOf(cell);
      if (condition.kind === 'expression') {
        formulas.push({
          input,
          formula: compiling.cellFormula(condition.text, input, `${place}.when.${input}`),
        });
        continue;
      }
      const holds = predicateOf(condition);
      if (holds !== undefined && condition.kind === 'sets')
        cells.push({ input, holds, condition, ranges: rangesOf(condition) });
    }
    formulas.sort((one, other) => formulaCost(one) - formulaCost(other));
    return {
      index,
      cells: cells.sort((one, other) => rank(one) - rank(other)),
      formulas,
      give: compileOutputs(give, `${place}.give`, compiling),
      note,
    };
  });
}

/** Whether all plain cells of a rule hold. */
export function plainCellsHold({ cells }: CompiledRule, input: Readonly<Record<string, Json>>): boolean {
  for (const cell of cells) if (!cell.holds(input[cell.input])) return false;
  return true;
}

function rangesOf({ sets, isNegated }: PlainCell['condition']): readonly Range[] | undefined {
  if (isNegated || sets.some((set) => set.isNegated)) return undefined;
  return sets.flatMap(({ ranges }) => ranges);
}

function formulaCost({ formula }: FormulaCell): number {
  return formula.native === undefined ? 1 : 0;
}

/** What one test rules out, against what it costs: a value rules out most, what is negated least; texts of dates are read first. */
function rank({ condition: { sets, isNegated } }: PlainCell): number {
  if (isNegated || sets.some((set) => set.isNegated)) return 6;
  const kinds = sets.flatMap(({ ranges }) => ranges.map(({ kind }) => kind));
  const isInstant = kinds.some((kind) => kind !== 'number' && kind !== 'string');
  const isOpen = sets.some(({ ranges }) =>
    ranges.some(({ from, to }) => from === undefined || to === undefined),
  );
  const isPoint = sets.every(({ ranges }) =>
    ranges.every(({ from, to }) => from !== undefined && from.at === to?.at),
  );
  return (isInstant ? 3 : 0) + (isPoint ? 0 : isOpen ? 2 : 1);
}
