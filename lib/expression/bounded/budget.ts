/** Why an evaluation was ended: it used up more than it may. */
export class OverBudget extends Error {
  override readonly name = 'OverBudget';
}

/** Longest text that an expression handles, in characters: four times what a state may hold. */
const MAX_TEXT = 1_048_576;
/** Most values within one value, counted as often as JSON would write them. */
const MAX_NODES = 2_000_000;
/** What weighs no more is weighed again: to keep its weight takes longer. */
const LIGHT = 64;
/** A text of so many characters weighs as much as one value. */
const CHARACTERS_A_NODE = 16;
/** Most entries of all lists and objects that one evaluation makes, and characters of all texts. */
const MAX_MADE = 4_000_000;
const MAX_CHARACTERS = 67_108_864;

/** Weights of lists and objects that have been weighed: none of them changes once it is there. */
const weights = new WeakMap<object, number>();

/**
 * How many values there are in a value, counted as often as JSON would write them: lists that hold the same list twice double with each
 * step, while they take no memory until something walks through them. Throws {@link OverBudget} for too many.
 */
export function weigh(value: unknown): number {
  if (typeof value === 'string') return 1 + Math.floor(value.length / CHARACTERS_A_NODE);
  if (typeof value !== 'object' || value === null || isFunction(value)) return 1;
  const known = weights.get(value);
  if (known !== undefined) return known;
  let weight = 1;
  for (const part of Array.isArray(value) ? value : Object.values(value)) {
    weight += weigh(part);
    if (weight > MAX_NODES) throw new OverBudget(`a value has more than ${MAX_NODES} parts`);
  }
  if (weight > LIGHT) weights.set(value, weight);
  return weight;
}

/** Functions hold what was around them, and no JSON is written of them. Data that only looks like one is data. */
function isFunction(value: object): boolean {
  if ('_jsonata_function' in value)
    return 'implementation' in value && typeof value.implementation === 'function';
  if (!('_jsonata_lambda' in value && 'environment' in value)) return false;
  const { environment } = value;
  return typeof environment === 'object' && environment !== null && 'lookup' in environment;
}

/** Throws {@link OverBudget} for a text that is too long. */
export function checkLength(length: number): void {
  if (length > MAX_TEXT) throw new OverBudget(`a text has more than ${MAX_TEXT} characters`);
}

/** What one evaluation has made so far. */
export class Budget {
  #made = 0;
  #characters = 0;

  /** Counts a value that was made; its parts have been counted before. Throws {@link OverBudget} when it is too much. */
  spend(value: unknown): void {
    if (typeof value === 'string') {
      checkLength(value.length);
      this.#characters += value.length;
    } else if (typeof value === 'object' && value !== null) {
      weigh(value);
      this.#made += Array.isArray(value) ? value.length : Object.keys(value).length;
    }
    if (this.#made > MAX_MADE || this.#characters > MAX_CHARACTERS) {
      throw new OverBudget('it makes more than one evaluation may');
    }
  }
}
