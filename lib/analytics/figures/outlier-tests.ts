import type { Json, JsonObject } from '#core/json.ts';
import { correctedForMany, fisherExact } from '#statistics/association.ts';
import { isLong } from '../drift.ts';

/** An execution: whether it failed, or was slow, and what else is known of it. */
export interface Sample {
  readonly isBad: boolean;
  readonly values: JsonObject;
  /** What it had several of; undefined where that was not looked at. */
  readonly sets?: Readonly<Record<string, readonly string[]>>;
}

/** A value that goes with what is bad. */
export interface Outlier {
  readonly field: string;
  readonly value: string;
  /** Executions with it, how many of them were bad, and the share of the others that was. */
  readonly executions: number;
  readonly bad: number;
  readonly rate: number;
  readonly otherRate: number;
  /** How many times as many were bad as of all. */
  readonly lift: number;
  /** The chance that it would look so without any reason, corrected for how many were tested. */
  readonly chance: number;
}

const MOST_FIELDS = 40;
const MOST_TESTED = 2_000;
const MOST_TOLD = 20;
/** Fewer executions with a value say nothing. */
const LEAST = 5;
const CHANCE = 0.05;
/** Numbers of which there are more different ones are compared by quarters. */
const FEW_NUMBERS = 8;
const QUARTERS = 4;

interface Counted {
  readonly field: string;
  readonly value: string;
  executions: number;
  bad: number;
  readonly among: { readonly executions: number; readonly bad: number };
}

/** The values with which more is bad than by chance: Fisher's exact test of each, corrected for how many there are. */
export function outliersAmong(samples: readonly Sample[]): {
  readonly tested: number;
  readonly found: readonly Outlier[];
} {
  const seen = samples.filter(({ sets }) => sets !== undefined);
  const counted = new Map<string, Counted>();
  count(counted, samples, valuesOf(samples));
  count(counted, seen, ({ sets = {} }) =>
    Object.entries(sets).flatMap(([field, values]) =>
      [...new Set(values)].map((value) => [field, value] as const),
    ),
  );
  const tests = [...counted.values()].filter(
    ({ executions, among }) => executions >= LEAST && executions < among.executions,
  );
  const most = tests.slice(0, MOST_TESTED);
  const chances = correctedForMany(
    most.map(({ executions, bad, among }) =>
      fisherExact({
        ...{ badWith: bad, with: executions },
        ...{ badWithout: among.bad - bad, without: among.executions - executions },
      }),
    ),
  );
  const found = most.flatMap((one, at) => {
    const chance = chances[at] ?? 1;
    return chance <= CHANCE ? [outlierOf(one, chance)] : [];
  });
  found.sort((one, other) => one.chance - other.chance || other.lift - one.lift);
  return { tested: most.length, found: found.slice(0, MOST_TOLD) };
}

type ReadPairs = (sample: Sample) => readonly (readonly [field: string, value: string])[];

function count(counted: Map<string, Counted>, samples: readonly Sample[], read: ReadPairs): void {
  const among = { executions: samples.length, bad: samples.filter(({ isBad }) => isBad).length };
  for (const sample of samples) {
    for (const [field, value] of read(sample)) {
      const key = `${field}\n${value}`;
      const known = counted.get(key) ?? { field, value, executions: 0, bad: 0, among };
      counted.set(key, known);
      known.executions++;
      if (sample.isBad) known.bad++;
    }
  }
}

/** Texts, truths and few different numbers as they are, many numbers by quarters; lists and long texts are not told apart. */
function valuesOf(samples: readonly Sample[]): ReadPairs {
  const fields = [...new Set(samples.flatMap(({ values }) => Object.keys(values)))].slice(0, MOST_FIELDS);
  const bounds = new Map(fields.map((field) => [field, quartersOf(samples, field)]));
  return ({ values }) =>
    fields.flatMap((field) => {
      const value = values[field];
      if (value === undefined || isLong(value)) return [];
      return [[field, wordsOf(value, bounds.get(field))] as const];
    });
}

function quartersOf(samples: readonly Sample[], field: string): readonly number[] | undefined {
  const values = samples.flatMap(({ values: all }) => all[field] ?? []);
  const numbers = values.filter((value) => typeof value === 'number').sort((one, other) => one - other);
  if (numbers.length < values.length || new Set(numbers).size <= FEW_NUMBERS) return undefined;
  return [1, 2, 3].map((quarter) => numbers[Math.floor((quarter * numbers.length) / QUARTERS)] ?? 0);
}

function wordsOf(value: Json, bounds: readonly number[] | undefined): string {
  if (bounds === undefined || typeof value !== 'number') return String(value);
  const at = bounds.filter((bound) => value >= bound).length;
  if (at === 0) return `below ${bounds[0]}`;
  return at === bounds.length ? `${bounds.at(-1)} or more` : `${bounds[at - 1]} to below ${bounds[at]}`;
}

function outlierOf({ field, value, executions, bad, among }: Counted, chance: number): Outlier {
  const rate = bad / executions;
  return {
    ...{ field, value, executions, bad, rate },
    otherRate: (among.bad - bad) / (among.executions - executions),
    lift: rate / (among.bad / among.executions),
    chance,
  };
}
