import { RuntimeError } from '#core/error.ts';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { EvaluationError, evaluate } from '#expression/evaluate.ts';

/**
 * Arguments with their deferred expressions evaluated: JSON Pointer of the place to the expression's text. Throws
 * Step.InvalidArguments.
 */
export async function fillDeferred(
  values: JsonObject,
  deferred: Readonly<Record<string, string>>,
  bindings: JsonObject,
): Promise<JsonObject> {
  let filled = values;
  for (const [pointer, text] of Object.entries(deferred)) {
    const value = await evaluateDeferred(text, bindings);
    filled = asObject(place(filled, pointer.split('/').slice(1).map(unescapePointer), value), values);
  }
  return filled;
}

async function evaluateDeferred(text: string, bindings: JsonObject): Promise<Json> {
  try {
    const value = await evaluate(text, { bindings });
    if (value !== undefined) return value;
  } catch (cause) {
    if (!(cause instanceof EvaluationError)) throw cause;
    throw new RuntimeError('Step.InvalidArguments', `{% ${text} %} failed: ${cause.message}`, { cause });
  }
  throw new RuntimeError('Step.InvalidArguments', `{% ${text} %} gives nothing`);
}

/** A copy of a document with one place replaced. */
function place(document: Json, path: readonly string[], value: Json): Json {
  const [key, ...rest] = path;
  if (key === undefined) return value;
  if (Array.isArray(document)) {
    return document.map((entry: Json, index) => (String(index) === key ? place(entry, rest, value) : entry));
  }
  if (!isJsonObject(document)) return document;
  return { ...document, [key]: place(document[key] ?? null, rest, value) };
}

function asObject(value: Json, otherwise: JsonObject): JsonObject {
  return isJsonObject(value) ? value : otherwise;
}

/** RFC 6901. */
function unescapePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
