import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/** In a recorded text: what differs from run to run. Account numbers were replaced by ones. */
const PLACEHOLDER = /<[\w:./-]+>|\b1{12}\b|(?<=")(?:timestamp|date)(?=")/;

/** Whole texts that stand for what differs, as recordings write them without brackets. */
const WHOLE = [
  ...['timestamp', 'date', 'datetime', 'start-time', 'entered-time'],
  ...['snf_role_arn', 'sfn_role_arn', 'RandomNumberGenerated'],
];

/** A place where two JSON values differ, such as `$.items[2].id`. */
export interface ValueDifference {
  readonly path: string;
  readonly expected: Json | undefined;
  readonly actual: Json | undefined;
}

/** Where a value differs from a recorded one; placeholders in the recorded one match anything. */
export function* valueDifferences(
  expected: Json | undefined,
  actual: Json | undefined,
  path = '$',
): Generator<ValueDifference> {
  if (typeof expected === 'string') {
    if (!textMatches(expected, actual)) yield { path, expected, actual };
  } else if (Array.isArray(expected) && Array.isArray(actual)) {
    for (let at = 0; at < Math.max(expected.length, actual.length); at++)
      yield* valueDifferences(expected[at], actual[at], `${path}[${at}]`);
  } else if (isJsonObject(expected) && isJsonObject(actual)) {
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)]))
      yield* valueDifferences(own(expected, key), own(actual, key), `${path}.${key}`);
  } else if (expected !== actual) yield { path, expected, actual };
}

function own(object: Readonly<Record<string, Json>>, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function textMatches(expected: string, actual: Json | undefined): boolean {
  if (WHOLE.includes(expected)) return typeof actual === 'string' || typeof actual === 'number';
  const parts = expected.split(new RegExp(PLACEHOLDER, 'g'));
  if (parts.length === 1) return expected === actual;
  if (expected.replace(PLACEHOLDER, '') === '') return actual !== undefined;
  return typeof actual === 'string' && (inOrder(parts, actual) || documentMatches(expected, actual));
}

/** Recordings with placeholders in JSON text were written anew, so that its white space and the order of its keys are not as they were. */
function documentMatches(expected: string, actual: string): boolean {
  const [wanted, got] = [parseDocument(expected), parseDocument(actual)];
  return wanted !== undefined && got !== undefined && valueDifferences(wanted, got).next().done === true;
}

function parseDocument(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a text begins with the first part, ends with the last, and has the others between them, in order. */
function inOrder(parts: readonly string[], text: string): boolean {
  const [first = ''] = parts;
  const last = parts.at(-1) ?? '';
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}
