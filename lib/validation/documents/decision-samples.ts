import type { Json, JsonObject } from '#core/json.ts';
import { type ComparableKind, textOfPlace } from '#definition/decision/comparable.ts';
import type { Condition, Range } from '#definition/decision/condition.ts';
import { errorsAgainst } from '../json-schema.ts';

/** Values of an input, of which each stands for all that the rules of a table cannot tell from it. */
export interface Samples {
  readonly values: readonly Json[];
  /** Whether every value that the input can have is one that a sample stands for. */
  readonly isComplete: boolean;
}

/** Keywords of a schema by which the samples go. Others may leave out what a sample stands for. */
const KNOWN = [
  ...['type', 'enum', 'const', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'format'],
  ...['title', 'description', 'default', 'examples'],
];
const FORMATS: Readonly<Record<string, ComparableKind>> = {
  date: 'date',
  'date-time': 'date and time',
  time: 'time',
};

/** The samples of an input: what its schema lists, else where tests of rules begin and end, and what is between. */
export function samplesOf(schema: JsonObject, conditions: readonly Condition[]): Samples {
  const listed = Array.isArray(schema['enum'])
    ? schema['enum']
    : 'const' in schema
      ? [schema['const'] ?? null]
      : undefined;
  const candidates = listed ?? [...scalars(schema), ...ordered(schema, conditions)];
  const fitting = candidates.filter((value) => errorsAgainst(schema, value).length === 0);
  const values = [...new Map(fitting.map((value) => [JSON.stringify(value), value])).values()];
  const isComplete = listed !== undefined || Object.keys(schema).every((keyword) => KNOWN.includes(keyword));
  return { values, isComplete: isComplete && isOfScalars(schema, listed) && !isMixed(conditions) };
}

/** A schema without a type takes in lists and objects, of which one stands for all: no test asks about them. */
function isOfScalars({ type, format }: JsonObject, listed: readonly Json[] | undefined): boolean {
  if (listed !== undefined || type === undefined) return true;
  return typeof format !== 'string' || FORMATS[format] !== undefined;
}

/** Texts that are compared both as texts and as dates have two orders at once, which samples do not cross. */
function isMixed(conditions: readonly Condition[]): boolean {
  const ranges = conditions.flatMap((condition) =>
    condition.kind === 'sets' ? condition.sets.flatMap((set) => set.ranges) : [],
  );
  const kinds = new Set(ranges.map(({ kind }) => kind).filter((kind) => kind !== 'number'));
  return kinds.size > 1;
}

function scalars({ type }: JsonObject): readonly Json[] {
  const all: readonly Json[] = [true, false, null, [], {}];
  const types = [type ?? ['boolean', 'null', 'array', 'object']].flat();
  return all.filter((value) => types.includes(jsonType(value)));
}

function jsonType(value: Json): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function ordered(schema: JsonObject, conditions: readonly Condition[]): readonly Json[] {
  const ranges = conditions.flatMap((condition) =>
    condition.kind === 'sets' ? condition.sets.flatMap((set) => set.ranges) : [],
  );
  const kinds = new Set<ComparableKind>(['number', 'string', ...ranges.map(({ kind }) => kind)]);
  const format = FORMATS[String(schema['format'])];
  if (format !== undefined) kinds.add(format);
  return [...kinds].flatMap((kind) => samplesOfKind(kind, schema, ranges));
}

function samplesOfKind(kind: ComparableKind, schema: JsonObject, ranges: readonly Range[]): readonly Json[] {
  const own = ranges.filter((range) => range.kind === kind);
  const ends = own.flatMap(({ from, to }) => [from?.at, to?.at]).filter((end) => end !== undefined);
  if (kind === 'string') return textSamples(ends.map(String));
  const limits = ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'].flatMap((name) => {
    const limit = kind === 'number' ? schema[name] : undefined;
    return typeof limit === 'number' ? [limit] : [];
  });
  const places = [...new Set([...ends.map(Number), ...limits])].sort((one, other) => one - other);
  const step = STEPS[kind];
  const found =
    places.length === 0 ? [0] : places.flatMap((place, at) => [place, ...after(place, places[at + 1], step)]);
  const [first] = places;
  const before = first === undefined ? [] : [first - step];
  return [...before, ...found].flatMap((place): Json[] => {
    const value = kind === 'number' ? place : textOfPlace(place, kind);
    return value === undefined ? [] : [value];
  });
}

/** How far the next value is at most, in the units of its order. */
const STEPS: Readonly<Record<Exclude<ComparableKind, 'string'>, number>> = {
  number: 1,
  date: 1,
  'date and time': 1_000,
  time: 1_000,
  duration: 1_000,
  months: 1,
};

/** What is between two places: the next whole one, for where nothing else may be, and the middle. */
function after(place: number, next: number | undefined, step: number): readonly number[] {
  if (next === undefined) return [place + step, Math.floor(place) + step];
  const whole = Math.floor(place) + step;
  const middle = (place + next) / 2;
  return [...(whole < next ? [whole] : []), ...(middle > place && middle < next ? [middle] : [])];
}

/** Texts that tests name, what comes right after each, and another. */
function textSamples(ends: readonly string[]): readonly Json[] {
  const sorted = [...new Set(ends)].sort();
  const between = sorted.flatMap((end, at) => {
    const next = sorted[at + 1];
    const readable = `${end}a`;
    return [end, next === undefined || readable < next ? readable : `${end}\u0000`];
  });
  return ['another', '', ...between].filter((text, at) => at > 1 || !sorted.includes(text) || text === '');
}
