import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/** A field that a value of a type does not have. */
export interface UnknownField {
  readonly field: string;
  /** How many fields of the path come before it. */
  readonly depth: number;
  /** The fields there are. */
  readonly known: readonly string[];
  /** Whether the type itself says that there are no others. */
  readonly isClosed: boolean;
}

/** Words that say more of a value than is understood here. */
const OPEN_WORDS = ['anyOf', 'oneOf', 'allOf', 'if', 'patternProperties', 'dependentSchemas', '$dynamicRef'];
/** References of references are followed this far. */
const MAX_HOPS = 16;

/**
 * The first of some fields, each read of the one before, that a JSON Schema does not have. Undefined when it has them
 * all, or does not tell: a schema without `properties`, or one that takes `additionalProperties`, has any.
 */
export function firstUnknownField(schema: Json, fields: readonly string[]): UnknownField | undefined {
  let at: Json = schema;
  for (const [depth, field] of fields.entries()) {
    const owner = objectSchema(at, schema);
    if (owner === undefined) return undefined;
    const properties = owner['properties'];
    const known = isJsonObject(properties) ? properties : {};
    const found: Json | undefined = Object.hasOwn(known, field) ? known[field] : undefined;
    if (found === undefined) {
      if (takesOthers(owner)) return undefined;
      return { field, depth, known: Object.keys(known), isClosed: owner['additionalProperties'] === false };
    }
    at = found;
  }
  return undefined;
}

function takesOthers({ properties, additionalProperties }: JsonObject): boolean {
  if (additionalProperties === false) return false;
  return additionalProperties !== undefined || properties === undefined;
}

/** The schema that tells a value's fields; of a list, which expressions read through, that of its items. */
function objectSchema(schema: Json, root: Json): JsonObject | undefined {
  let at: Json | undefined = schema;
  for (let hop = 0; hop < MAX_HOPS && isJsonObject(at); hop++) {
    const { $ref, items } = at;
    if (typeof $ref === 'string') at = target($ref, root);
    else if (at['type'] === 'array' || (items !== undefined && at['properties'] === undefined)) at = items;
    else return OPEN_WORDS.some((word) => word in (at as JsonObject)) ? undefined : at;
  }
  return undefined;
}

/** What a reference inside the same schema stands for: `#`, or `#/$defs/site`. */
function target(reference: string, root: Json): Json | undefined {
  const [base, ...keys] = reference.split('/').map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  if (base !== '#') return undefined;
  return keys.reduce<Json | undefined>(
    (value, key) => (isJsonObject(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    root,
  );
}
