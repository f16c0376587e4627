import type { Random } from '#core/random.ts';
import { seededRandom } from '#core/random.ts';
import { md5 } from './md5.ts';

/**
 * The functions that Step Functions adds to JSONata (AWS Step Functions Developer Guide, "JSONata functions provided by
 * Step Functions"). `$eval` is taken away there, and here.
 */
export const STATES_FUNCTIONS = ['partition', 'range', 'hash', 'random', 'uuid', 'parse'] as const;

/** Longest array that `$range` gives, as in Step Functions. */
const MAX_RANGE = 1_000;

const DIGESTS = {
  'SHA-1': 'SHA-1',
  'SHA-256': 'SHA-256',
  'SHA-384': 'SHA-384',
  'SHA-512': 'SHA-512',
} as const;

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

function range(start: unknown, end: unknown, step: unknown): number[] {
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
  return Array.from({ length }, (_, index) => first + index * delta);
}

async function hash(value: unknown, algorithm: unknown = 'SHA-256'): Promise<string> {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (algorithm === 'MD5') return md5(text);
  const name = Object.values(DIGESTS).find((known) => known === algorithm);
  if (name === undefined) {
    throw new ExpressionFunctionError(
      `$hash knows MD5, ${Object.keys(DIGESTS).join(', ')}; not ${String(algorithm)}`,
    );
  }
  const digest = await crypto.subtle.digest(name, new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function numericSeed(seed: unknown): number {
  if (typeof seed === 'number') return seed;
  throw new ExpressionFunctionError('$random takes a number as its seed');
}

function uuid(random: Random): string {
  const bytes = Array.from({ length: 16 }, () => Math.floor(random() * 256));
  const marked = bytes.map((byte, index) =>
    index === 6 ? (byte & 0x0f) | 0x40 : index === 8 ? (byte & 0x3f) | 0x80 : byte,
  );
  const hex = marked.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
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
    uuid: () => uuid(random),
    parse,
  };
}
