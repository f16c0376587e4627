import { Ajv2020 } from 'ajv/dist/2020.js';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/** The fields of a JSON Schema that say nothing of what they are, each by its path. */
export function undescribedFields(schema: JsonObject): string[] {
  return pathsOf(schema, (field) => !('description' in field) && !('description' in resolved(field, schema)));
}

/** The fields of a JSON Schema of which nothing shows what is written there, each by its path. */
export function unshownFields(schema: JsonObject): string[] {
  return pathsOf(schema, (field) => !isShown(field, schema));
}

/** The examples of a JSON Schema that their own field does not take. */
export function wrongExamples(schema: JsonObject): Json[] {
  const { $defs = {} } = schema;
  const shown = [...fieldsIn(schema, '')].filter(({ field }) => Array.isArray(field['examples']));
  const properties = Object.fromEntries(shown.map(({ field }, index) => [index, field]));
  const validate = new Ajv2020({ strict: false }).compile({ properties, $defs });
  return shown.flatMap(({ path, field }, index) => {
    const examples = Array.isArray(field['examples']) ? field['examples'] : [];
    return examples.flatMap((example) => (validate({ [index]: example }) ? [] : [{ path, example }]));
  });
}

function pathsOf(schema: JsonObject, isFound: (field: JsonObject) => boolean): string[] {
  const found = [...fieldsIn(schema, '')].filter(({ field }) => isFound(field));
  return [...new Set(found.map(({ path }) => path))];
}

interface Field {
  readonly path: string;
  readonly field: JsonObject;
}

function* fieldsIn(schema: JsonObject, path: string): Generator<Field> {
  for (const [key, value] of Object.entries(schema)) {
    if (KEEPS_DATA.includes(key)) continue;
    if (key === 'properties' && isJsonObject(value)) yield* ownFields(value, path);
    else yield* fieldsBelow(value, key === '$defs' ? '' : path);
  }
}

function* ownFields(properties: JsonObject, path: string): Generator<Field> {
  for (const [name, field] of Object.entries(properties)) {
    if (!isJsonObject(field)) continue;
    yield { path: `${path}.${name}`, field };
    yield* fieldsIn(field, `${path}.${name}`);
  }
}

function* fieldsBelow(value: Json, path: string): Generator<Field> {
  if (isJsonObject(value)) yield* fieldsIn(value, path);
  else if (Array.isArray(value)) for (const entry of value) yield* fieldsBelow(entry, path);
}

/** What stands under these words is no schema. */
const KEEPS_DATA = ['examples', 'enum', 'const', 'default', 'required'];
/** They hold what they are a part of, so that an example would have no end; the files in workflows/ show them. */
const RECURSIVE = ['#/$defs/steps', '#/$defs/branches'];

/**
 * Whether it has examples, or is made of what is shown: values that are written out, true and false, an object of fields
 * (each of which is looked at by itself), a list or a choice of these.
 */
function isShown(field: JsonObject, root: JsonObject): boolean {
  if ('examples' in field || RECURSIVE.includes(String(field['$ref']))) return true;
  const { type, items, anyOf, ...rest } = resolved(field, root);
  if (['examples', 'enum', 'const', 'properties'].some((word) => word in rest) || type === 'boolean')
    return true;
  const parts = Array.isArray(anyOf) ? anyOf : [items];
  return parts.every((part) => isJsonObject(part) && isShown(part, root));
}

function resolved(field: JsonObject, root: JsonObject): JsonObject {
  const { $ref } = field;
  const { $defs } = root;
  if (typeof $ref !== 'string' || !isJsonObject($defs)) return field;
  const target = $defs[$ref.replace('#/$defs/', '')];
  return isJsonObject(target) ? target : field;
}
