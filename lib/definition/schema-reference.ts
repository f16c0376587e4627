import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/** References of references are followed this far. */
const MAX_HOPS = 16;

/** A schema, or the one inside the same document that it refers to. Undefined where that is none. */
export function followReferences(schema: Json | undefined, root: Json): JsonObject | undefined {
  let at = schema;
  for (let hop = 0; hop < MAX_HOPS && isJsonObject(at); hop++) {
    const { $ref } = at;
    if (typeof $ref !== 'string') return at;
    at = target($ref, root);
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
