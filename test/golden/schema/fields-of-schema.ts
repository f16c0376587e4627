import { Ajv2020 } from 'ajv/dist/2020.js';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';

/** The fields of a JSON Schema that say nothing of what they are, each by its path. */
export function undescribedFields(schema: JsonObject): string[] {
  return [...fieldsIn(schema, '')].flatMap(({ path, field }) => (isDescribed(field, schema) ? [] : [path]));
}

/** How many of the fields of a JSON Schema show an example. */
export function shareWithExamples(schema: JsonObject): number {
  const fields = [...fieldsIn(schema, '')].map(({ field }) => resolved(field, schema));
  return fields.filter(showsExample).length / fields.length;
}

/** The examples of a JSON Schema that their own field does not take. */
export function wrongExamples(schema: JsonObject): Json[] {
  const { $defs = {} } = schema;
  return [...fieldsIn(schema, '')].flatMap(({ path, field }) => {
    const { examples } = field;
    if (!Array.isArray(examples)) return [];
    const validate = new Ajv2020({ strict: false }).compile({ ...field, $defs });
    return examples.flatMap((example: Json) => (validate(example) ? [] : [{ path, example }]));
  });
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

function isDescribed(field: JsonObject, root: JsonObject): boolean {
  return 'description' in field || 'description' in resolved(field, root);
}

/** Values that are written out in the schema are examples themselves. */
function showsExample(field: JsonObject): boolean {
  const says = ['examples', 'enum', 'const', 'anyOf'].some((word) => word in field);
  return says || ['boolean', 'integer', 'number', 'object'].includes(String(field['type']));
}

function resolved(field: JsonObject, root: JsonObject): JsonObject {
  const { $ref } = field;
  const { $defs } = root;
  if (typeof $ref !== 'string' || !isJsonObject($defs)) return field;
  const target = $defs[$ref.replace('#/$defs/', '')];
  return isJsonObject(target) ? target : field;
}
