import type { Json } from '#core/json.ts';
import { type InstantKind, readInstant } from './comparable.ts';
import type { Bound, Condition, Range, ValueSet } from './condition.ts';

/** Whether a value is as a cell asks. */
export type Predicate = (value: Json | undefined) => boolean;

/** A condition without expressions as a plain function; undefined where it asks nothing. */
export function predicateOf(condition: Exclude<Condition, { kind: 'expression' }>): Predicate | undefined {
  if (condition.kind === 'any') return undefined;
  const holds = anyOf(condition.sets);
  return condition.isNegated ? (value) => !holds(value) : holds;
}

function anyOf(sets: readonly ValueSet[]): Predicate {
  const texts = pointsOf(sets);
  if (texts !== undefined && texts.size > 1) return (value) => typeof value !== 'object' && texts.has(value);
  const [first, ...others] = sets.map(ofSet);
  if (first === undefined) return () => false;
  if (others.length === 0) return first;
  return (value) => first(value) || others.some((holds) => holds(value));
}

/** The numbers and texts that some sets are, when they are nothing else. */
function pointsOf(sets: readonly ValueSet[]): ReadonlySet<unknown> | undefined {
  const points = sets.flatMap(({ ranges, constants, isNegated }) => {
    const [range] = ranges;
    const isPoint =
      !isNegated && constants.length === 0 && range !== undefined && pointOf(range) !== undefined;
    return isPoint && (range.kind === 'string' || range.kind === 'number') ? [pointOf(range)] : [];
  });
  return points.length === sets.length ? new Set(points) : undefined;
}

/** The only value of a range; undefined when it has more. */
export function pointOf({ from, to }: Range): number | string | undefined {
  return from !== undefined && from.at === to?.at ? from.at : undefined;
}

function ofSet({ ranges, constants, isNegated }: ValueSet): Predicate {
  const [range] = ranges;
  const [constant] = constants;
  const holds: Predicate = range === undefined ? (value) => value === constant : ofRange(range);
  return isNegated ? (value) => !holds(value) : holds;
}

function ofRange(range: Range): Predicate {
  const point = pointOf(range);
  switch (range.kind) {
    case 'number':
      if (point !== undefined) return (value) => value === point;
      return numberRange(range);
    case 'string':
      if (point !== undefined) return (value) => value === point;
      return (value) => typeof value === 'string' && isWithin(value, range);
    default: {
      const read = reader(range.kind);
      return (value) => {
        const at = read(value);
        return at !== undefined && isWithin(at, range);
      };
    }
  }
}

/** The common forms without a question about each end. */
function numberRange({ from, to }: Range): Predicate {
  const [low, high] = [
    Number(from?.at ?? Number.NEGATIVE_INFINITY),
    Number(to?.at ?? Number.POSITIVE_INFINITY),
  ];
  const [withLow, withHigh] = [from?.isIncluded ?? true, to?.isIncluded ?? true];
  if (withLow && withHigh) return (value) => typeof value === 'number' && value >= low && value <= high;
  if (withLow) return (value) => typeof value === 'number' && value >= low && value < high;
  if (withHigh) return (value) => typeof value === 'number' && value > low && value <= high;
  return (value) => typeof value === 'number' && value > low && value < high;
}

/** Whether a place is in a range of its kind. */
export function isWithin(at: number | string, { from, to }: Pick<Range, 'from' | 'to'>): boolean {
  return isAfter(at, from) && isBefore(at, to);
}

function isAfter(at: number | string, from: Bound | undefined): boolean {
  return from === undefined || at > from.at || (from.isIncluded && at === from.at);
}

function isBefore(at: number | string, to: Bound | undefined): boolean {
  return to === undefined || at < to.at || (to.isIncluded && at === to.at);
}

const readers = new Map<InstantKind, (value: Json | undefined) => number | undefined>();

/** Reads texts of a kind; all rules of a table ask the same text one after the other, so that the last is kept. */
function reader(kind: InstantKind): (value: Json | undefined) => number | undefined {
  const known = readers.get(kind);
  if (known !== undefined) return known;
  let text: string | undefined;
  let at: number | undefined;
  const read = (value: Json | undefined): number | undefined => {
    if (typeof value !== 'string') return undefined;
    if (value !== text) {
      at = readInstant(value, kind);
      text = value;
    }
    return at;
  };
  readers.set(kind, read);
  return read;
}
