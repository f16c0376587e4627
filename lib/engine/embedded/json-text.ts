import type { Json } from '#core/json.ts';

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

/** A value of the engine's own, from one that others may hold and change; with its text. */
export function ownCopy(value: Json): Json {
  if (typeof value !== 'object' || value === null) return value;
  const text = JSON.stringify(value);
  const copy: Json = JSON.parse(text);
  if (text.length >= KEPT_LENGTH && typeof copy === 'object' && copy !== null) texts.set(copy, text);
  return copy;
}

/** Whether a text is larger in UTF-8. No character takes more than three bytes, so that most texts need not be counted. */
export function exceeds(text: string, bytes: number): boolean {
  return text.length * 3 > bytes && Buffer.byteLength(text) > bytes;
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
