import type { Random } from '#core/random.ts';
import { seededRandom } from '#core/random.ts';
import { weigh } from './bounded/budget.ts';
import { HASH_ALGORITHMS, hashText } from './hash.ts';
import { randomUuid } from './random-uuid.ts';

/**
 * The functions that Step Functions adds to JSONata (AWS Step Functions Developer Guide, "JSONata functions provided by
 * Step Functions"). `$eval` is taken away there, and here.
 */
export const STATES_FUNCTIONS = ['partition', 'range', 'hash', 'random', 'uuid', 'parse'] as const;

/** Longest array that `$range` gives, as in Step Functions. */
const MAX_RANGE = 1_000;

/** Thrown by a function that was called with what it cannot take. */
export class ExpressionFunctionError extends Error {
  override readonly name = 'ExpressionFunctionError';
}

function partition(values: unknown, size: unknown): unknown[][] {
  if (!Array.isArray(values)) throw new ExpressionFunctionError('$partition takes an array and a size');
  if (!Number.isInteger(size) || Number(size) < 1) {
    throw new ExpressionFunctionError('$partition takes a size of 1 or more, without fraction');
  }
  const width = Number(size);
  return Array.from({ length: Math.ceil(values.length / width) }, (_, chunk) =>
    values.slice(chunk * width, (chunk + 1) * width),
  );
}

/** One number alone is given as itself, as Step Functions does. */
function range(start: unknown, end: unknown, step: unknown): number | number[] {
  const [first, last, delta] = [start, end, step].map(Number);
  if (
    first === undefined ||
    last === undefined ||
    delta === undefined ||
    ![first, last, delta].every(Number.isInteger)
  ) {
    throw new ExpressionFunctionError('$range takes a start, an end and a step, all without fraction');
  }
  if (delta === 0) throw new ExpressionFunctionError('the step of $range is not 0');
  const length = Math.max(0, Math.floor((last - first) / delta) + 1);
  if (length > MAX_RANGE) throw new ExpressionFunctionError(`$range gives at most ${MAX_RANGE} numbers`);
  return length === 1 ? first : Array.from({ length }, (_, index) => first + index * delta);
}

function hash(value: unknown, algorithm: unknown = 'SHA-256'): string {
  weigh(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const name = HASH_ALGORITHMS.find((known) => known === algorithm);
  if (name === undefined) {
    throw new ExpressionFunctionError(`$hash knows ${HASH_ALGORITHMS.join(', ')}; not ${String(algorithm)}`);
  }
  return hashText(text, name);
}

function numericSeed(seed: unknown): number {
  if (typeof seed === 'number') return seed;
  throw new ExpressionFunctionError('$random takes a number as its seed');
}

function parse(text: unknown): unknown {
  if (typeof text !== 'string') throw new ExpressionFunctionError('$parse takes JSON as text');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ExpressionFunctionError('$parse was given text that is not JSON', { cause });
  }
}

/** The functions by name, with the randomness that `$random` and `$uuid` draw from. */
export function statesFunctions(
  random: Random,
): Readonly<Record<(typeof STATES_FUNCTIONS)[number], (...args: never[]) => unknown>> {
  return {
    partition,
    range,
    hash,
    random: (seed: unknown) => (seed === undefined ? random() : seededRandom(numericSeed(seed))()),
    uuid: () => randomUuid(random),
    parse,
  };
}
