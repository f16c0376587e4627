import type { Condition, Range, ValueSet } from '#definition/decision/condition.ts';
import { pointOf } from '#definition/decision/predicate.ts';
import { type ScalarType, scalarText } from './input-check.ts';

type Sets = Extract<Condition, { kind: 'sets' }>;

/** What a cell looks at. */
export interface CellInput {
  /** Of the condition, with its `$`. */
  readonly variable: string;
  /** What its value may be: it has been checked. */
  readonly types: ReadonlySet<ScalarType>;
}

/**
 * What a cell asks as a condition that gives true or false; undefined where it compares what JSONata does not: dates, times
 * and durations.
 */
export function cellText({ sets, isNegated }: Sets, input: CellInput): string | undefined {
  const texts = sets.map((set) => setText(set, input));
  if (texts.some((text) => text === undefined)) return undefined;
  const [only = 'false', ...others] = texts.filter((text) => text !== undefined);
  const text = others.length === 0 ? only : `(${[only, ...others].join(' or ')})`;
  return isNegated ? `$not(${text})` : text;
}

function setText({ ranges: [range], constants: [constant], isNegated }: ValueSet, input: CellInput) {
  const text =
    range === undefined ? `${input.variable} = ${scalarText(constant ?? null)}` : rangeText(range, input);
  return isNegated && text !== undefined ? `$not(${text})` : text;
}

/** Equality is false of other types; an order has to be asked of its own type alone. */
function rangeText(range: Range, { variable, types }: CellInput): string | undefined {
  const { kind, from, to } = range;
  if (kind !== 'number' && kind !== 'string') return undefined;
  const point = pointOf(range);
  if (point !== undefined) return `${variable} = ${scalarText(point)}`;
  const ends = [
    ...(from === undefined ? [] : [`${variable} ${from.isIncluded ? '>=' : '>'} ${scalarText(from.at)}`]),
    ...(to === undefined ? [] : [`${variable} ${to.isIncluded ? '<=' : '<'} ${scalarText(to.at)}`]),
  ].join(' and ');
  if (!types.has(kind)) return 'false';
  return types.size === 1 ? `(${ends})` : `($type(${variable}) = '${kind}' ? ${ends} : false)`;
}

/** Whether no value is as both cells ask, as far as their ranges tell. */
export function areApart(one: Sets, other: Sets): boolean {
  const all = [one, other].flatMap(({ sets, isNegated }) => [isNegated, ...sets.map((set) => set.isNegated)]);
  if (all.includes(true)) return false;
  return one.sets.every((left) => other.sets.every((right) => setsAreApart(left, right)));
}

function setsAreApart(one: ValueSet, other: ValueSet): boolean {
  const [[left], [right]] = [one.ranges, other.ranges];
  if (left === undefined && right === undefined) return one.constants[0] !== other.constants[0];
  if (left === undefined || right === undefined) return true;
  // One text can be a date, too; of texts and numbers, none is both.
  if (left.kind !== right.kind) return left.kind === 'number' || right.kind === 'number';
  return endsBefore(left, right) || endsBefore(right, left);
}

function endsBefore({ to }: Range, { from }: Range): boolean {
  if (to === undefined || from === undefined) return false;
  return to.at < from.at || (to.at === from.at && !(to.isIncluded && from.isIncluded));
}
