import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import { followReferences } from '#definition/schema-reference.ts';

/** A field that a value of a type does not have. */
export interface UnknownField {
  readonly field: string;
  /** How many fields of the path come before it. */
  readonly depth: number;
  /** The fields there are. */
  readonly known: readonly string[];
  /** Whether the type itself says that there are no others. */
  readonly isClosed: boolean;
  /** What the owner is instead, where it is nothing that has fields. */
  readonly scalar?: string;
}

/** Words that say more of a value than is understood here. */
const OPEN_WORDS = ['anyOf', 'oneOf', 'allOf', 'if', 'patternProperties', 'dependentSchemas', '$dynamicRef'];
/** Lists of lists are looked into this far. */
const MAX_LISTS = 16;

/**
 * The first of some fields, each read of the one before, that a JSON Schema does not have. Undefined when it has them
 * all, or does not tell: a schema without `properties`, or one that takes `additionalProperties`, has any.
 */
export function firstUnknownField(schema: Json, fields: readonly string[]): UnknownField | undefined {
  let at: Json = schema;
  for (const [depth, field] of fields.entries()) {
    const owner = objectSchema(at, schema);
    if (owner === undefined) return undefined;
    const scalar = scalarOf(owner);
    if (scalar !== undefined) return { field, depth, known: [], isClosed: true, scalar };
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

const NAMES_OF_SCALARS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  integer: 'a number',
  boolean: 'true or false',
};

/** The name of a type without fields, when the schema allows nothing else. */
function scalarOf({ type }: JsonObject): string | undefined {
  return typeof type === 'string' ? NAMES_OF_SCALARS[type] : undefined;
}

function takesOthers({ properties, additionalProperties }: JsonObject): boolean {
  if (additionalProperties === false) return false;
  return additionalProperties !== undefined || properties === undefined;
}

/** The schema that tells a value's fields; of a list, which expressions read through, that of its items. */
function objectSchema(schema: Json, root: Json): JsonObject | undefined {
  let at = followReferences(schema, root);
  for (let depth = 0; depth < MAX_LISTS && at !== undefined; depth++) {
    const { items } = at;
    const isList = at['type'] === 'array' || (items !== undefined && at['properties'] === undefined);
    if (!isList) return OPEN_WORDS.some((word) => at !== undefined && word in at) ? undefined : at;
    at = followReferences(items, root);
  }
  return undefined;
}
