import type { Json, JsonObject } from '#core/json.ts';
import { type ComparableKind, placeOf } from '#definition/decision/comparable.ts';
import type { Range } from '#definition/decision/condition.ts';
import { pointOf } from '#definition/decision/predicate.ts';
import type { CompiledRule } from './rule.ts';

/** The rules, in their order, among which all are that hold for an input. */
export type Candidates = (input: JsonObject) => readonly CompiledRule[];

/** So few rules are tried one after the other. */
const FEW = 8;
/** Into how many parts the values of an input are cut at most, where they are numbers, dates or the like. */
const MAX_CUTS = 256;
/** A rule without a test of the input is in all parts: so many times as many places as rules there may be, over all levels. */
const MAX_COPIES = 8;
const MAX_LEVELS = 6;

/**
 * An index of the rules of a table: by the values of the input that leaves the fewest rules in each part, by hash where
 * they are values, by binary search where they are ranges; the parts again by another input. What it leaves out cannot
 * hold; what it leaves in is tried. A part is looked into when it is first needed.
 */
export function partition(rules: readonly CompiledRule[], level = 0): Candidates {
  if (rules.length <= FEW || level >= MAX_LEVELS) return () => rules;
  const best = columnsOf(rules)
    .map((column) => split(column, rules))
    .filter((each) => each !== undefined)
    .reduce<Split | undefined>(
      (one, other) => (one !== undefined && one.cost <= other.cost ? one : other),
      undefined,
    );
  if (best === undefined || best.cost > rules.length * 0.6) return () => rules;
  const { input, find, rest } = best;
  const indexes = new Map<number, Candidates>();
  return (values) => {
    const at = find(values[input]);
    const known = indexes.get(at);
    if (known !== undefined) return known(values);
    const index = partition(best.parts[at] ?? rest, level + 1);
    indexes.set(at, index);
    return index(values);
  };
}

/** An input by whose values rules can be told apart, and as what its values are compared. */
interface Column {
  readonly input: string;
  readonly kind: ComparableKind;
}

interface Split {
  readonly input: string;
  /** The part of a value; -1 for those of another kind, or of none. */
  find(value: Json | undefined): number;
  readonly parts: readonly (readonly CompiledRule[])[];
  /** The rules that can hold for other values. */
  readonly rest: readonly CompiledRule[];
  /** How many rules are left on average. */
  readonly cost: number;
}

/** The inputs that rules test, each compared as what most of its cells compare it. */
function columnsOf(rules: readonly CompiledRule[]): readonly Column[] {
  const counts = new Map<string, Map<ComparableKind, number>>();
  for (const { cells } of rules) {
    for (const cell of cells) {
      const [kind] = cell.ranges?.map((range) => range.kind) ?? [];
      if (kind === undefined) continue;
      const kinds = counts.get(cell.input) ?? new Map<ComparableKind, number>();
      counts.set(cell.input, kinds.set(kind, (kinds.get(kind) ?? 0) + 1));
    }
  }
  return [...counts].map(([input, kinds]) => {
    const [kind = 'number'] = [...kinds].sort(([, one], [, other]) => other - one)[0] ?? [];
    return { input, kind };
  });
}

/**
 * The ranges of a kind in which a rule can hold; undefined where it can anywhere: nothing is asked of the input, or its value is
 * a text that is compared as something else, too, as `"2026-11-25"` is as a date.
 */
function rangesIn(rule: CompiledRule, { input, kind }: Column): readonly Range[] | undefined {
  const cell = rule.cells.find((each) => each.input === input);
  const isText = (each: ComparableKind): boolean => each !== 'number';
  if (cell?.ranges?.some((range) => range.kind !== kind && isText(kind) && isText(range.kind)) === true)
    return undefined;
  return cell?.ranges?.filter((range) => range.kind === kind);
}

function split(column: Column, rules: readonly CompiledRule[]): Split | undefined {
  const ranges = rules.map((rule) => rangesIn(rule, column));
  const known = ranges.flatMap((each) => each ?? []);
  const points = known.map(pointOf);
  const isOfPoints = points.every((point) => point !== undefined);
  return isOfPoints ? byPoints(column, rules, ranges) : byRanges(column, rules, { ranges, known });
}

/** Each value has its part; all others have the rest. */
function byPoints(
  { input, kind }: Column,
  rules: readonly CompiledRule[],
  ranges: readonly (readonly Range[] | undefined)[],
): Split | undefined {
  const numbers = new Map<number | string, number>();
  for (const range of ranges.flatMap((each) => each ?? [])) {
    const point = pointOf(range);
    if (point !== undefined && !numbers.has(point)) numbers.set(point, numbers.size);
  }
  const parts = spread(rules, numbers.size, (at) =>
    ranges[at]?.map((range) => numbers.get(pointOf(range) ?? '') ?? -1).map((part) => [part, part]),
  );
  if (parts === undefined) return undefined;
  return {
    ...{ input, parts, rest: restOf(rules, { input, kind }), cost: averageOf(parts) },
    find: (value) => {
      const place = placeOf(value, kind);
      return place === undefined ? -1 : (numbers.get(place) ?? -1);
    },
  };
}

/** The values are cut where ranges begin and end; a part reaches from a cut to just before the next. */
function byRanges(
  { input, kind }: Column,
  rules: readonly CompiledRule[],
  {
    ranges,
    known,
  }: { readonly ranges: readonly (readonly Range[] | undefined)[]; readonly known: readonly Range[] },
): Split | undefined {
  const cuts = cutsOf(known);
  const parts = spread(rules, cuts.length + 1, (at) =>
    ranges[at]?.map(({ from, to }) => [
      from === undefined ? 0 : partOf(cuts, from.at),
      to === undefined ? cuts.length : partOf(cuts, to.at),
    ]),
  );
  if (parts === undefined) return undefined;
  return {
    ...{ input, parts, rest: restOf(rules, { input, kind }), cost: averageOf(parts) },
    find: (value) => {
      const place = placeOf(value, kind);
      return place === undefined ? -1 : partOf(cuts, place);
    },
  };
}

function cutsOf(ranges: readonly Range[]): readonly (number | string)[] {
  const ends = ranges.flatMap(({ from, to }) => [from?.at, to?.at]).filter((end) => end !== undefined);
  const sorted = [...new Set(ends)].sort((one, other) => (one < other ? -1 : 1));
  const step = Math.ceil(sorted.length / MAX_CUTS);
  return sorted.filter((_, at) => at % step === 0);
}

/** How many cuts are at or before a place. */
function partOf(cuts: readonly (number | string)[], place: number | string): number {
  let [low, high] = [0, cuts.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const cut = cuts[middle];
    if (cut !== undefined && cut <= place) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The rules by part, each in its order; undefined where they would take too many places. */
function spread(
  rules: readonly CompiledRule[],
  count: number,
  partsOf: (at: number) => readonly (readonly number[])[] | undefined,
): readonly (readonly CompiledRule[])[] | undefined {
  const parts: CompiledRule[][] = Array.from({ length: count }, () => []);
  let places = 0;
  for (const [at, rule] of rules.entries()) {
    for (const [from = 0, to = 0] of partsOf(at) ?? [[0, count - 1]]) {
      places += to - from + 1;
      if (places > rules.length * MAX_COPIES) return undefined;
      for (let part = from; part <= to; part += 1) if (parts[part]?.at(-1) !== rule) parts[part]?.push(rule);
    }
  }
  return parts;
}

/** The rules that ask nothing of the input, or something besides ranges of the kind. */
function restOf(rules: readonly CompiledRule[], { input, kind }: Column): readonly CompiledRule[] {
  return rules.filter((rule) => {
    const cell = rule.cells.find((each) => each.input === input);
    if (cell === undefined) return true;
    const ranges = cell.ranges;
    const hasConstants = cell.condition.sets.some(({ constants }) => constants.length > 0);
    return ranges === undefined || hasConstants || ranges.some((range) => range.kind !== kind);
  });
}

function averageOf(parts: readonly (readonly CompiledRule[])[]): number {
  return parts.reduce((sum, part) => sum + part.length, 0) / Math.max(1, parts.length);
}
