import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import { schemaRegExp } from '#expression/linear-regex.ts';

/** One thing that a value has not as a schema demands. */
export interface SchemaError {
  readonly path: DocumentPath;
  readonly message: string;
  readonly error: ErrorObject;
}

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
const ajv = new Ajv2020({
  allErrors: true,
  strict: false,
  verbose: true,
  logger: false,
  code: { regExp: schemaRegExp },
});
addFormats.default(ajv);
const validators = new WeakMap<JsonObject, ValidateFunction>();

/** What is wrong with a JSON Schema (2020-12) itself. */
export function faultsOfSchema(schema: JsonObject): Pick<SchemaError, 'path' | 'message'>[] {
  const { $schema = DIALECT } = schema;
  if ($schema !== DIALECT) return [{ path: ['$schema'], message: `must be ${DIALECT}` }];
  if (ajv.validateSchema(schema) !== true) return toErrors(schema, ajv.errors ?? []);
  try {
    validatorOf(schema);
    return [];
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return [{ path: brokenPattern(schema, []) ?? [], message }];
  }
}

/** Where a regular expression stands that is none: the compiler of schemas tells what is wrong, but not where. */
function brokenPattern(value: Json, path: DocumentPath): DocumentPath | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  for (const [key, entry] of Object.entries(value)) {
    const at = [...path, Array.isArray(value) ? Number(key) : key];
    if (key === 'pattern' && typeof entry === 'string' && !isPattern(entry)) return at;
    const inner = brokenPattern(entry, at);
    if (inner !== undefined) return inner;
  }
  return undefined;
}

function isPattern(text: string): boolean {
  try {
    schemaRegExp(text);
    return true;
  } catch {
    return false;
  }
}

/** What a value has not as a schema demands; nothing when the schema itself is wrong, of which is told elsewhere. */
export function errorsAgainst(schema: JsonObject, value: Json): SchemaError[] {
  if (faultsOfSchema(schema).length > 0) return [];
  const validate = validatorOf(schema);
  return validate(value) ? [] : toErrors(value, validate.errors ?? []);
}

/**
 * Whether a value is as a schema demands, for schemas of which many values are asked: the schema itself is looked at once.
 * Throws for a schema that is wrong itself.
 */
export function checkOf(schema: JsonObject): (value: Json) => boolean {
  const [fault] = faultsOfSchema(schema);
  if (fault !== undefined) throw new Error(`${fault.path.join('.')} ${fault.message}`);
  const validate = validatorOf(schema);
  return (value) => validate(value) === true;
}

/** Compiled, and kept by the schema alone, so that two schemas may have the same `$id`. */
function validatorOf(schema: JsonObject): ValidateFunction {
  const known = validators.get(schema);
  if (known !== undefined) return known;
  try {
    const validate = ajv.compile(schema);
    validators.set(schema, validate);
    return validate;
  } finally {
    ajv.removeSchema(schema);
  }
}

function toErrors(document: Json, errors: readonly ErrorObject[]): SchemaError[] {
  return errors.map((error) => ({
    path: pathOf(document, error.instancePath),
    message: wording(error),
    error,
  }));
}

function wording({ keyword, message = 'is wrong', params }: ErrorObject): string {
  if (keyword === 'enum' && Array.isArray(params['allowedValues'])) {
    return `must be one of ${params['allowedValues'].map((value: Json) => JSON.stringify(value)).join(', ')}`;
  }
  if (keyword === 'const') return `must be ${JSON.stringify(params['allowedValue'])}`;
  return message;
}

/** The path of a JSON Pointer (RFC 6901) in a document. */
function pathOf(document: Json, pointer: string): DocumentPath {
  const path: (string | number)[] = [];
  let at: Json | undefined = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path.push(Array.isArray(at) ? Number(key) : key);
    at = Array.isArray(at) ? at[Number(key)] : isJsonObject(at) ? at[key] : undefined;
  }
  return path;
}
