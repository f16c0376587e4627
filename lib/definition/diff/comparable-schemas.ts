import type { Json, JsonObject } from '#core/json.ts';
import { sameValue } from './same-value.ts';

/** Two schemas in a form in which the same demands are the same keywords; undefined takes anything. */
export function comparable(pair: {
  readonly was: JsonObject | undefined;
  readonly is: JsonObject | undefined;
}): { readonly before: JsonObject; readonly after: JsonObject } {
  const [before, after] = [listed(pair.was), listed(pair.is)];
  return { before: typed(before, after), after: typed(after, before) };
}

/** A constant is a list of one value. */
function listed({ const: constant, ...schema }: JsonObject = {}): JsonObject {
  if (constant === undefined) return schema;
  const { enum: values = [constant] } = schema;
  return { ...schema, enum: [values].flat().filter((value) => sameValue(value, constant)) };
}

/** Values have types: where only the other schema says which, a list of values says the same. */
function typed(schema: JsonObject, other: JsonObject): JsonObject {
  const { enum: values, type } = schema;
  if (type !== undefined || other['type'] === undefined || !Array.isArray(values)) return schema;
  const types = [...new Set(values.map(typeName))].sort();
  const isSame = sameValue(types, [other['type']].flat().toSorted());
  return { ...schema, type: isSame ? other['type'] : types };
}

function typeName(value: Json): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
