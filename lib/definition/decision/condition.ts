import type { Json } from '#core/json.ts';
import { readExpression } from '#expression/delimiters.ts';
import { type Cell, type CellTest, type CellValue, parseCell } from './cell.ts';
import { type ComparableKind, comparableOf } from './comparable.ts';

/** One end of a range; undefined: it goes on for ever. */
export interface Bound {
  readonly at: number | string;
  readonly isIncluded: boolean;
}

/** Values of one kind that follow each other. */
export interface Range {
  readonly kind: ComparableKind;
  readonly from: Bound | undefined;
  readonly to: Bound | undefined;
}

/** A set of values: in one of some ranges, or one of some that have no order. Negated, all others. */
export interface ValueSet {
  readonly ranges: readonly Range[];
  /** True, false and null. */
  readonly constants: readonly (boolean | null)[];
  readonly isNegated: boolean;
}

/** What a cell asks of its input: that one of some sets has it, or, negated, none; or what an expression says. */
export type Condition =
  | { readonly kind: 'any' }
  | { readonly kind: 'sets'; readonly sets: readonly ValueSet[]; readonly isNegated: boolean }
  | { readonly kind: 'expression'; readonly text: string };

/** What a cell asks. Throws for a text that is no cell; of those, validation has told. */
export function conditionOf(cell: Json): Condition {
  if (Array.isArray(cell)) return { kind: 'sets', sets: cell.map(only), isNegated: false };
  if (typeof cell !== 'string') return { kind: 'sets', sets: [only(cell)], isNegated: false };
  const expression = readExpression(cell);
  if (expression !== undefined) return { kind: 'expression', text: expression.text };
  const parsed = parseCell(cell);
  if ('message' in parsed) throw new Error(`${parsed.message}: ${cell}`);
  return ofCell(parsed);
}

function ofCell({ tests, isNegated }: Cell): Condition {
  return tests.length === 0 ? { kind: 'any' } : { kind: 'sets', sets: tests.map(setOf), isNegated };
}

function only(value: Json): ValueSet {
  const isScalar = typeof value !== 'object' || value === null;
  return pointSet(isScalar ? value : null, false);
}

function pointSet(value: CellValue, isNegated: boolean): ValueSet {
  if (typeof value === 'boolean' || value === null) return { ranges: [], constants: [value], isNegated };
  const { kind, at } = placed(value);
  const bound = { at, isIncluded: true };
  return { ranges: [{ kind, from: bound, to: bound }], constants: [], isNegated };
}

function setOf(test: CellTest): ValueSet {
  if (test.kind === 'interval') {
    const [from, to] = [placed(test.from), placed(test.to)];
    const ends = {
      from: { at: from.at, isIncluded: test.includesFrom },
      to: { at: to.at, isIncluded: test.includesTo },
    };
    return { ranges: [{ kind: from.kind, ...ends }], constants: [], isNegated: false };
  }
  if (test.operator === '=' || test.operator === '!=') return pointSet(test.value, test.operator === '!=');
  const { kind, at } = placed(test.value);
  const bound = { at, isIncluded: test.operator.endsWith('=') };
  const isUpper = test.operator.startsWith('<');
  const range = { kind, from: isUpper ? undefined : bound, to: isUpper ? bound : undefined };
  return { ranges: [range], constants: [], isNegated: false };
}

function placed(value: CellValue) {
  const found = comparableOf(value);
  if (found === undefined) throw new Error(`${JSON.stringify(value)} has no place in an order`);
  return found;
}
