import type { Json, JsonObject } from '#core/json.ts';
import { rounded } from './tally.ts';

/** How far the values of an input have moved from one period to the next. */
export interface Drift {
  readonly input: string;
  /** Population stability index: 0 for the same spread. */
  readonly psi: number;
  readonly verdict: 'stable' | 'moved' | 'drifted';
  /** How many values of each period it goes by. */
  readonly before: number;
  readonly after: number;
}

/** Numbers are compared by so many bins of equal share in the period before. */
const BINS = 10;
/** Numbers of which there are no more different ones are compared one by one. */
const FEW_NUMBERS = 20;
/** So many different values of other kinds are told apart. */
const MOST_VALUES = 50;
/** A longer text is not told apart from others, in characters. */
const LONGEST_TEXT = 100;
/** With fewer values in a period, chance alone moves the index. */
const LEAST = 20;
/** From these on it has moved, and drifted. */
const MOVED = 0.1;
const DRIFTED = 0.25;

/** The values of each input in one period. */
export class InputValues {
  readonly #values = new Map<string, Json[]>();

  count(features: JsonObject): void {
    for (const [name, value] of Object.entries(features)) {
      const known = this.#values.get(name) ?? [];
      known.push(isLong(value) ? null : value);
      this.#values.set(name, known);
    }
  }

  of(input: string): readonly Json[] {
    return this.#values.get(input) ?? [];
  }

  get inputs(): readonly string[] {
    return [...this.#values.keys()];
  }
}

/** Whether a value is not told apart from others: a list, an object, a long text. */
export function isLong(value: Json): boolean {
  return typeof value === 'object' || (typeof value === 'string' && value.length > LONGEST_TEXT);
}

/**
 * Drift of each input by the population stability index, the sum over bins of (after - before) × ln(after / before) of their
 * shares (Siddiqi, "Credit Risk Scorecards", 2006, whose marks 0.1 and 0.25 the verdicts go by). Half a value is put to each bin,
 * so that an empty one is none of infinite weight. Lists, objects and long texts count as one value, whatever they hold.
 */
export function driftOf(before: InputValues, after: InputValues): readonly Drift[] {
  const drifts = before.inputs.flatMap((input): readonly Drift[] => {
    const [old, recent] = [before.of(input), after.of(input)];
    if (old.length < LEAST || recent.length < LEAST) return [];
    const psi = rounded(psiOf(old, recent));
    const verdict = psi >= DRIFTED ? 'drifted' : psi >= MOVED ? 'moved' : 'stable';
    return [{ input, psi, verdict, before: old.length, after: recent.length }];
  });
  return drifts.toSorted((one, other) => other.psi - one.psi);
}

function psiOf(before: readonly Json[], after: readonly Json[]): number {
  const areNumbers = [...before, ...after].every((value) => typeof value === 'number');
  const binOf = areNumbers && new Set(before).size > FEW_NUMBERS ? numberBins(before) : valueBins(before);
  const [old, recent] = [countsOf(before, binOf), countsOf(after, binOf)];
  const bins = [...new Set([...old.keys(), ...recent.keys()])];
  const shareIn = (counts: ReadonlyMap<string, number>, bin: string, total: number): number =>
    ((counts.get(bin) ?? 0) + 0.5) / (total + bins.length * 0.5);
  return bins.reduce((sum, bin) => {
    const one = shareIn(old, bin, before.length);
    const other = shareIn(recent, bin, after.length);
    return sum + (other - one) * Math.log(other / one);
  }, 0);
}

function numberBins(before: readonly Json[]): (value: Json) => string {
  const sorted = before.map(Number).toSorted((one, other) => one - other);
  const edges = Array.from(
    { length: BINS - 1 },
    (_, at) => sorted[Math.floor(((at + 1) * sorted.length) / BINS)],
  );
  const distinct = [...new Set(edges)];
  return (value) => String(distinct.findIndex((edge) => edge !== undefined && Number(value) < edge));
}

function valueBins(before: readonly Json[]): (value: Json) => string {
  const counts = [...countsOf(before, JSON.stringify)].toSorted(([, one], [, other]) => other - one);
  const known = new Set(counts.slice(0, MOST_VALUES).map(([value]) => value));
  return (value) => {
    const text = JSON.stringify(value);
    return known.has(text) ? text : 'others';
  };
}

function countsOf(values: readonly Json[], binOf: (value: Json) => string): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) {
    const bin = binOf(value);
    counts.set(bin, (counts.get(bin) ?? 0) + 1);
  }
  return counts;
}
