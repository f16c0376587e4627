import jsonata from 'jsonata';
import type { Json, JsonObject } from '#core/json.ts';
import { type Random, systemRandom } from '#core/random.ts';
import { LinearRegExp } from './linear-regex.ts';
import { MAX_EXPRESSION_LENGTH } from './parse.ts';
import { statesFunctions } from './states-functions.ts';

/** What an evaluation may use up. */
export interface EvaluationLimits {
  /** Wall-clock time in ms. Default 1,000. */
  readonly timeoutMs?: number;
  /** Nested calls. Default 300. */
  readonly depth?: number;
  /** Longest sequence that is built. Default 100,000. */
  readonly sequence?: number;
}

/** What an expression sees. */
export interface EvaluationScope {
  /** The context, `$`. */
  readonly input?: Json;
  /** Names without `$` to their values. */
  readonly bindings?: Readonly<Record<string, unknown>>;
  /** What `$random` and `$uuid` draw from. Default the process's own. */
  readonly random?: Random;
}

/** Why an evaluation gave no value: it does not parse, failed, or went over a limit. */
export class EvaluationError extends Error {
  override readonly name = 'EvaluationError';
  /** Whether a value was there, and is nothing that JSON can hold. */
  readonly isNoJson: boolean;

  constructor(message: string, options?: ErrorOptions & { readonly isNoJson?: boolean }) {
    super(message, options);
    this.isNoJson = options?.isNoJson ?? false;
  }
}

/** Parsed expressions kept for the next call: parsing costs fifteen times what evaluating does. */
const MAX_CACHED = 2_000;
const cache = new Map<string, jsonata.Expression>();

const DEFAULT_LIMITS = { timeoutMs: 1_000, depth: 300, sequence: 100_000 } as const;

/**
 * Evaluates an expression (text without delimiters). Undefined when it gives nothing. Throws {@link EvaluationError};
 * no expression can hang, exhaust the stack or run code.
 */
export async function evaluate(
  text: string,
  scope: EvaluationScope = {},
  limits: EvaluationLimits = {},
): Promise<Json | undefined> {
  try {
    const expression = compiled(text, { ...DEFAULT_LIMITS, ...limits });
    const value: unknown = await expression.evaluate(scope.input ?? null, {
      ...functionsOf(scope.random ?? systemRandom),
      ...scope.bindings,
    });
    return toJson(value);
  } catch (cause) {
    if (cause instanceof EvaluationError) throw cause;
    throw new EvaluationError(messageOf(cause), { cause });
  }
}

const functions = new WeakMap<Random, Readonly<Record<string, unknown>>>();

/** The functions of Step Functions, made once for each source of randomness; `$eval` is taken away. */
function functionsOf(random: Random): Readonly<Record<string, unknown>> {
  const known = functions.get(random);
  if (known !== undefined) return known;
  const made = { ...statesFunctions(random), eval: undefined };
  functions.set(random, made);
  return made;
}

function compiled(text: string, limits: Required<EvaluationLimits>): jsonata.Expression {
  const key = `${limits.timeoutMs} ${limits.depth} ${limits.sequence} ${text}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  if (text.length > MAX_EXPRESSION_LENGTH) throw new EvaluationError('the expression is too long');
  const fresh = jsonata(text, {
    timeout: limits.timeoutMs,
    stack: limits.depth,
    sequence: limits.sequence,
    // Typed as the whole of RegExp; what is used of it is `exec` and `lastIndex`.
    RegexEngine: LinearRegExp as unknown as RegExpConstructor,
  });
  if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value ?? '');
  cache.set(key, fresh);
  return fresh;
}

/** A copy of a value as plain JSON: without jsonata's marks on sequences, and without functions. */
function toJson(value: unknown): Json | undefined {
  switch (typeof value) {
    case 'undefined':
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      // JSON has no negative zero.
      if (Number.isFinite(value)) return value + 0;
      throw new EvaluationError('the expression gives a number that is too large, or a division by 0');
    case 'object':
      if (value === null) return null;
      return Array.isArray(value) ? Array.from(value, (entry) => toJson(entry) ?? null) : toJsonObject(value);
    case 'function':
      throw givesFunction();
    default:
      throw new EvaluationError('the expression gives something that is no JSON value', { isNoJson: true });
  }
}

function toJsonObject(value: object): JsonObject {
  if ('_jsonata_function' in value || '_jsonata_lambda' in value) throw givesFunction();
  const copy: Record<string, Json> = {};
  for (const [key, field] of Object.entries(value)) {
    const plain = toJson(field);
    if (plain === undefined) continue;
    // Assigned, this name would change what the object is.
    if (key === '__proto__') Object.defineProperty(copy, key, { ...OWN_FIELD, value: plain });
    else copy[key] = plain;
  }
  return copy;
}

const OWN_FIELD = { configurable: true, enumerable: true, writable: true } as const;

function givesFunction(): EvaluationError {
  return new EvaluationError('the expression gives a function, which is no JSON value', { isNoJson: true });
}

function messageOf(cause: unknown): string {
  if (typeof cause === 'object' && cause !== null && 'message' in cause) {
    return 'code' in cause ? `${String(cause.code)}: ${String(cause.message)}` : String(cause.message);
  }
  return String(cause);
}
