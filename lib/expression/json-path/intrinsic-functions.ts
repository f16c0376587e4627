import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { type Random, seededRandom } from '#core/random.ts';
import { HASH_ALGORITHMS, hashText } from '../hash.ts';
import { randomUuid } from '../random-uuid.ts';
import { equalJson } from './equal-json.ts';
import { javaText } from './java-text.ts';

/** Why an intrinsic function gives nothing. */
export class IntrinsicError extends Error {
  override readonly name = 'IntrinsicError';
}

/** Longest list that States.ArrayRange gives, and longest text that States.Hash, Base64Encode and Base64Decode take. */
const MAX_RANGE = 1_000;
const MAX_TEXT = 10_000;

type Intrinsic = (args: readonly Json[], random: Random) => Json;

/** A function with how many arguments it takes: so many, or at least and at most. */
interface Signature {
  readonly least: number;
  readonly most: number;
  readonly run: Intrinsic;
}

/**
 * The intrinsic functions of States Language but States.Format, by name (AWS Step Functions Developer Guide, "Intrinsic
 * functions for JSONPath states").
 */
const FUNCTIONS: Readonly<Record<string, Signature>> = {
  Array: { least: 0, most: Number.POSITIVE_INFINITY, run: (args) => args },
  ArrayPartition: fixed(2, ([list, size]) => partition(array(list), positive(size))),
  ArrayContains: fixed(2, ([list, value = null]) => array(list).some((entry) => equalJson(entry, value))),
  ArrayRange: fixed(3, ([first, last, step]) => range(integer(first), integer(last), integer(step))),
  ArrayGetItem: fixed(2, ([list, index]) => itemAt(array(list), integer(index))),
  ArrayLength: fixed(1, ([list]) => array(list).length),
  ArrayUnique: fixed(1, ([list]) => unique(array(list))),
  Base64Encode: fixed(1, ([value]) => toBase64(text(value))),
  Base64Decode: fixed(1, ([value]) => fromBase64(text(value))),
  Hash: fixed(2, ([value = null, algorithm]) => hash(value, text(algorithm))),
  JsonMerge: fixed(3, ([first, second, deep]) => merge(object(first), object(second), deep)),
  JsonToString: fixed(1, ([value = null]) => JSON.stringify(value)),
  StringToJson: fixed(1, ([value]) => parseJson(text(value))),
  StringSplit: fixed(2, ([value, delimiters]) => split(text(value), text(delimiters))),
  MathAdd: fixed(2, ([first, second]) => withoutSign(rounded(first) + rounded(second))),
  MathRandom: {
    least: 2,
    most: 3,
    run: ([from, to, seed], random) => mathRandom({ from, to, seed }, random),
  },
  UUID: fixed(0, (_, random) => randomUuid(random)),
};

/** Whether there is such a function; the name is without `States.`. */
export function isIntrinsicFunction(name: string): boolean {
  return name === 'Format' || Object.hasOwn(FUNCTIONS, name);
}

/** Calls a function by its name without `States.`. Throws {@link IntrinsicError}. */
export function callIntrinsic(name: string, args: readonly Json[], random: Random): Json {
  const signature = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
  if (signature === undefined) throw new IntrinsicError(`there is no function States.${name}`);
  const { least, most, run } = signature;
  if (args.length < least || args.length > most) {
    const wanted = least === most ? `${least}` : `${least} to ${most}`;
    throw new IntrinsicError(`Invalid number of arguments: it takes ${wanted}, and was given ${args.length}`);
  }
  return run(args, random);
}

/** Fills the `{}` of a template, one after the other. `written` still has its escapes: `\{` is a brace of the text. */
export function format(written: string, args: readonly Json[]): string {
  let used = 0;
  const filled = written.replace(/\\([\\'{}])|\{\}/g, (_, escaped: string | undefined) => {
    if (escaped !== undefined) return escaped;
    if (used >= args.length)
      throw new IntrinsicError(`the template has more {} than arguments (${args.length})`);
    return javaText(args[used++] ?? null);
  });
  if (used < args.length)
    throw new IntrinsicError(`the template has ${used} {}, and there are ${args.length} arguments`);
  return filled;
}

function fixed(count: number, run: Intrinsic): Signature {
  return { least: count, most: count, run };
}

function array(value: Json | undefined): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw new IntrinsicError(`Invalid type of argument: expected an array, not ${JSON.stringify(value)}`);
}

function object(value: Json | undefined): JsonObject {
  if (isJsonObject(value)) return value;
  throw new IntrinsicError(`Invalid type of argument: expected an object, not ${JSON.stringify(value)}`);
}

function text(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  throw new IntrinsicError(`Invalid type of argument: expected a string, not ${JSON.stringify(value)}`);
}

function number(value: Json | undefined): number {
  if (typeof value === 'number') return value;
  throw new IntrinsicError(`Invalid type of argument: expected a number, not ${JSON.stringify(value)}`);
}

/** Numbers with a fraction are rounded to the next integer, halves up. */
function rounded(value: Json | undefined): number {
  return Math.floor(number(value) + 0.5);
}

function integer(value: Json | undefined): number {
  return rounded(value);
}

function positive(value: Json | undefined): number {
  const size = integer(value);
  if (size > 0) return size;
  throw new IntrinsicError(`expected a number above 0, not ${size}`);
}

function partition(list: readonly Json[], size: number): Json {
  const count = Math.ceil(list.length / size);
  return Array.from({ length: count }, (_, chunk) => list.slice(chunk * size, (chunk + 1) * size));
}

function range(first: number, last: number, step: number): Json {
  if (step === 0) throw new IntrinsicError('the increment must not be 0');
  const length = Math.max(0, Math.floor((last - first) / step) + 1);
  if (length > MAX_RANGE) throw new IntrinsicError(`the range has more than ${MAX_RANGE} elements`);
  return Array.from({ length }, (_, index) => first + index * step);
}

function itemAt(list: readonly Json[], index: number): Json {
  const item = index < 0 ? undefined : list[index];
  if (item !== undefined) return item;
  throw new IntrinsicError(`Index ${index} is out of bounds for a list of ${list.length}`);
}

function unique(list: readonly Json[]): Json {
  return list.filter((value, index) => list.findIndex((other) => equalJson(other, value)) === index);
}

function bounded(value: string): string {
  if (value.length <= MAX_TEXT) return value;
  throw new IntrinsicError(`the text has more than ${MAX_TEXT} characters`);
}

function toBase64(value: string): string {
  const bytes = new TextEncoder().encode(bounded(value));
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function fromBase64(value: string): string {
  try {
    const bytes = Uint8Array.from(atob(bounded(value)), (character) => character.charCodeAt(0));
    return new TextDecoder().decode(bytes);
  } catch (cause) {
    throw new IntrinsicError('the text is no Base64', { cause });
  }
}

function hash(value: Json, algorithm: string): string {
  const name = HASH_ALGORITHMS.find((known) => known === algorithm);
  if (name === undefined) {
    throw new IntrinsicError(
      `Unsupported algorithm ${algorithm}: it is one of ${HASH_ALGORITHMS.join(', ')}`,
    );
  }
  return hashText(bounded(typeof value === 'string' ? value : JSON.stringify(value)), name);
}

function merge(first: JsonObject, second: JsonObject, deep: Json | undefined): Json {
  if (deep !== false)
    throw new IntrinsicError('the third argument must be false: only shallow merging is there');
  return { ...first, ...second };
}

function parseJson(value: string): Json {
  if (value.trim() === '') return null;
  try {
    const parsed: Json = JSON.parse(value);
    return parsed;
  } catch (cause) {
    throw new IntrinsicError('the text is no JSON', { cause });
  }
}

/** Each character of `delimiters` separates; nothing between two of them is left out. */
function split(value: string, delimiters: string): Json {
  if (delimiters === '') return [value];
  const separators = new Set(delimiters);
  const parts: string[] = [];
  let part = '';
  for (const character of value) {
    if (!separators.has(character)) part += character;
    else {
      if (part !== '') parts.push(part);
      part = '';
    }
  }
  return part === '' ? parts : [...parts, part];
}

function mathRandom(
  {
    from,
    to,
    seed,
  }: { readonly from: Json | undefined; readonly to: Json | undefined; readonly seed: Json | undefined },
  random: Random,
): Json {
  const [first, last] = [rounded(from), rounded(to)];
  if (last <= first) throw new IntrinsicError(`the end (${last}) must be above the start (${first})`);
  const draw = seed === undefined ? random() : seededRandom(rounded(seed))();
  return first + Math.floor(draw * (last - first));
}

/** -0 is 0 in JSON. */
function withoutSign(value: number): number {
  return value === 0 ? 0 : value;
}
