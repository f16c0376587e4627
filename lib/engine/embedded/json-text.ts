import type { Json } from '#core/json.ts';
import { tooDeep } from '../faults.ts';

/** Shorter ones are made again faster than they are found. */
const KEPT_LENGTH = 1_024;
const texts = new WeakMap<object, string>();

/**
 * The JSON text of a value, made once for a large one: the output of a state is the input of the next, and a part of what
 * its task is called with. Only for values that nobody changes.
 */
export function jsonText(value: Json): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = hasKnownField(value) ? composed(value) : JSON.stringify(value);
  if (text.length >= KEPT_LENGTH) texts.set(value, text);
  return text;
}

/** How deep arrays and objects may be nested in what comes from outside: what the JSON reader of Step Functions takes. */
const DEEPEST = 1_000;

/**
 * A value of the engine's own, from one that others may hold and change; with its text. Throws SW4083 for one that is nested too
 * deep: whatever walks through it later would run out of stack.
 */
export function ownCopy(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  if (!isWithin(value, DEEPEST)) throw tooDeep(DEEPEST);
  const text = JSON.stringify(value);
  const copy: Json = JSON.parse(text);
  if (text.length >= KEPT_LENGTH && typeof copy === 'object' && copy !== null) texts.set(copy, text);
  return copy;
}

/** Whether a text is larger in UTF-8. No character takes more than three bytes, so that most texts need not be counted. */
export function exceeds(text: string, bytes: number): boolean {
  return text.length * 3 > bytes && Buffer.byteLength(text) > bytes;
}

function isWithin(value: object, levels: number): boolean {
  if (levels === 0) return false;
  for (const key in value) {
    const part: unknown = Reflect.get(value, key);
    if (typeof part === 'object' && part !== null && !isWithin(part, levels - 1)) return false;
  }
  return true;
}

function hasKnownField(value: object): boolean {
  if (Array.isArray(value)) return false;
  for (const key in value) {
    const field: unknown = Reflect.get(value, key);
    if (typeof field === 'object' && field !== null && texts.has(field)) return true;
  }
  return false;
}

function composed(value: object): string {
  const fields = Object.entries(value).flatMap(([key, field]: [string, Json | undefined]) =>
    field === undefined ? [] : [`${JSON.stringify(key)}:${jsonText(field)}`],
  );
  return `{${fields.join(',')}}`;
}
