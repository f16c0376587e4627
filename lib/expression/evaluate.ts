import jsonata from 'jsonata';
import type { Json, JsonObject } from '#core/json.ts';
import { type Random, systemRandom } from '#core/random.ts';
import { boundedFunctions, type Evaluation, turnsOf } from './bounded/functions.ts';
import { boundOperators } from './bounded/operators.ts';
import { LinearRegExp } from './linear-regex.ts';
import { MAX_EXPRESSION_LENGTH } from './parse.ts';
import { statesFunctions } from './states-functions.ts';

/** What an evaluation may use up. */
export interface EvaluationLimits {
  /** Time of its own in ms: what others do meanwhile does not count once it takes long. Default 1,000. */
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
 * no expression can hang, exhaust the stack or memory, or run code. One that takes long lets others have their turns.
 */
export async function evaluate(
  text: string,
  scope: EvaluationScope = {},
  limits: EvaluationLimits = {},
): Promise<Json | undefined> {
  try {
    return toJson(await rawValue(text, scope, { ...DEFAULT_LIMITS, ...limits }), new Size());
  } catch (cause) {
    if (cause instanceof EvaluationError) throw cause;
    throw new EvaluationError(messageOf(cause), { cause });
  }
}

/** Time in which nearly all expressions are done, in ms. Only those that are not are begun again, to take turns with others. */
const QUICK_MS = 100;
/** jsonata's own code for an evaluation that took too long. */
const TIMEOUT = 'D1012';

/** jsonata's functions within bounds, once they are there. */
let bounded: Readonly<Record<string, unknown>> | undefined;

async function rawValue(
  text: string,
  scope: EvaluationScope,
  limits: Required<EvaluationLimits>,
): Promise<unknown> {
  bounded ??= await boundedFunctions();
  const bindings = { ...functionsOf(scope.random ?? systemRandom), ...scope.bindings };
  const input = scope.input ?? null;
  const timeoutMs = Math.min(limits.timeoutMs, QUICK_MS);
  try {
    return await compiled(text, { ...limits, timeoutMs }, false).evaluate(input, bindings);
  } catch (error) {
    if (timeoutMs === limits.timeoutMs || !isTimeout(error)) throw error;
    return compiled(text, limits, true).evaluate(input, bindings);
  }
}

function isTimeout(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === TIMEOUT;
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

function compiled(text: string, limits: Required<EvaluationLimits>, takesTurns: boolean): jsonata.Expression {
  const key = `${takesTurns} ${limits.timeoutMs} ${limits.depth} ${limits.sequence} ${text}`;
  const known = cache.get(key);
  if (known !== undefined) return known;
  if (text.length > MAX_EXPRESSION_LENGTH) throw new EvaluationError('the expression is too long');
  const fresh = jsonata(text, {
    timeout: takesTurns ? 0 : limits.timeoutMs,
    stack: limits.depth,
    sequence: limits.sequence,
    // Typed as the whole of RegExp; what is used of it is `exec` and `lastIndex`.
    RegexEngine: LinearRegExp as unknown as RegExpConstructor,
  });
  boundOperators(fresh.ast());
  for (const [name, value] of Object.entries(bounded ?? {})) fresh.assign(name, value);
  if (takesTurns) letTakeTurns(fresh, limits.timeoutMs);
  if (cache.size >= MAX_CACHED) cache.delete(cache.keys().next().value ?? '');
  cache.set(key, fresh);
  return fresh;
}

/** What jsonata calls before each step, and waits for. */
const BEFORE_STEP: unknown = Symbol.for('jsonata.__evaluate_entry');

function letTakeTurns(expression: jsonata.Expression, limitMs: number): void {
  const step = (_node: unknown, _input: unknown, { base }: { readonly base: Evaluation }) =>
    turnsOf(base, limitMs).step();
  // Typed for names of variables alone.
  expression.assign(BEFORE_STEP as string, step);
}

/** Most values, and characters of texts, of what an expression gives: many times what a state may hold. */
const MAX_VALUES = 1_000_000;
const MAX_CHARACTERS = 8_388_608;
/** How deep arrays and objects of a value may be within each other, as in the input of an execution. */
const DEEPEST = 1_000;

/** How large a value is that is being copied. */
class Size {
  #values = 0;
  #characters = 0;

  add(depth: number, text = ''): void {
    this.#values += 1;
    this.#characters += text.length;
    if (depth > DEEPEST) throw new EvaluationError(`the expression gives more than ${DEEPEST} levels`);
    if (this.#values > MAX_VALUES || this.#characters > MAX_CHARACTERS)
      throw new EvaluationError('the expression gives a value that is too large');
  }
}

/** A copy of a value as plain JSON: without jsonata's marks on sequences, and without functions. */
function toJson(value: unknown, size: Size, depth = 0): Json | undefined {
  size.add(depth, typeof value === 'string' ? value : '');
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
      return Array.isArray(value)
        ? Array.from(value, (entry) => toJson(entry, size, depth + 1) ?? null)
        : toJsonObject(value, size, depth);
    case 'function':
      throw givesFunction();
    default:
      throw new EvaluationError('the expression gives something that is no JSON value', { isNoJson: true });
  }
}

function toJsonObject(value: object, size: Size, depth: number): JsonObject {
  if ('_jsonata_function' in value || '_jsonata_lambda' in value) throw givesFunction();
  const copy: Record<string, Json> = {};
  for (const [key, field] of Object.entries(value)) {
    size.add(depth, key);
    const plain = toJson(field, size, depth + 1);
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
