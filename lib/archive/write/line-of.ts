import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/** A document as a line has it: without what is undefined. */
export function lineOf(document: object): JsonObject {
  return JSON.parse(JSON.stringify(document));
}

/** A record of the store as a line has it: with a token of a task, anybody could answer it, so that none is told. */
export function withoutTokens(record: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, value]) =>
      /tokens?$/i.test(name) ? [] : [[name, cleaned(value)]],
    ),
  );
}

function cleaned(value: Json): Json {
  if (Array.isArray(value)) return value.map(cleaned);
  return isJsonObject(value) ? withoutTokens(value) : value;
}
