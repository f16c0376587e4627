import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { followReferences } from '#definition/schema-reference.ts';
import type { JsonType, Types } from '#expression/value-types.ts';

/**
 * The schema of a field, or of a field of a field, of what a JSON Schema describes; undefined where it does not tell, and
 * for what is read through a list, which is one value or several.
 */
export function schemaOfField(schema: Json, fields: readonly string[]): JsonObject | undefined {
  let at = followReferences(schema, schema);
  for (const field of fields) {
    const properties = at?.['properties'];
    if (at?.['type'] !== 'object' && at?.['items'] !== undefined) return undefined;
    if (!isJsonObject(properties) || !Object.hasOwn(properties, field)) return undefined;
    at = followReferences(properties[field], schema);
  }
  return at;
}

const JSON_TYPES: Readonly<Record<string, JsonType>> = {
  null: 'null',
  boolean: 'boolean',
  integer: 'number',
  number: 'number',
  string: 'string',
  array: 'array',
  object: 'object',
};

/** The types that a schema allows by its own `type`, `const` or `enum`. */
export function typesIn({ type, const: constant, enum: values }: JsonObject): Types {
  if (constant !== undefined) return new Set([typeOfValue(constant)]);
  if (Array.isArray(values)) return new Set(values.map(typeOfValue));
  const names = [type].flat();
  const known = names.map((name) => (typeof name === 'string' ? JSON_TYPES[name] : undefined));
  return known.every((each) => each !== undefined) ? new Set(known) : undefined;
}

function typeOfValue(value: Json): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  const type = typeof value;
  return type === 'boolean' || type === 'number' || type === 'string' ? type : 'object';
}
