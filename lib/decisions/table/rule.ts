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
  /** Which part of the rules asks the same of the input: likely, what many ask is what many values are. */
  readonly share: number;
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
  const shareOf = sharesOf(rules);
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
        cells.push({ input, holds, condition, ranges: rangesOf(condition), share: shareOf(input, cell) });
    }
    formulas.sort((one, other) => formulaCost(one) - formulaCost(other));
    return {
      index,
      cells: cells.sort(byWorth),
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

/** For a cell of an input, which part of the rules has the same one. */
function sharesOf(rules: DecisionTable['rules']): (input: string, cell: Json) => number {
  const counts = new Map<string, number>();
  for (const { when } of rules) {
    for (const [input, cell] of Object.entries(when)) {
      const key = `${input} ${JSON.stringify(cell)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
  }
  return (input, cell) => (counts.get(`${input} ${JSON.stringify(cell)}`) ?? 0) / rules.length;
}

/**
 * What rules out most at the least cost comes first: what is compared as it is before texts of dates, which have to be read; of
 * those, what is the least likely to hold; of what is as likely, values before ranges. No test can fail, so that the order shows in
 * nothing but the time.
 */
function byWorth(one: PlainCell, other: PlainCell): number {
  return (
    Number(isInstant(one)) - Number(isInstant(other)) ||
    likelihoodOf(one) - likelihoodOf(other) ||
    widthOf(one) - widthOf(other)
  );
}

/** How likely a test holds at least, by how much it lets through: a value, what has two ends, what has one, what is negated. */
const LEAST_LIKELY = [0, 0.3, 0.5, 0.9] as const;

function likelihoodOf(cell: PlainCell): number {
  return Math.max(cell.share, LEAST_LIKELY[widthOf(cell)]);
}

function isInstant({ condition: { sets } }: PlainCell): boolean {
  return sets.some(({ ranges }) => ranges.some(({ kind }) => kind !== 'number' && kind !== 'string'));
}

function widthOf({ condition: { sets, isNegated } }: PlainCell): 0 | 1 | 2 | 3 {
  if (isNegated || sets.some((set) => set.isNegated)) return 3;
  const ranges = sets.flatMap((set) => set.ranges);
  if (ranges.every(({ from, to }) => from !== undefined && from.at === to?.at)) return 0;
  return ranges.some(({ from, to }) => from === undefined || to === undefined) ? 2 : 1;
}
