import type { Json, JsonObject } from '#core/json.ts';
import { type DocumentPath, valueAt } from '#definition/document-path.ts';
import { readExpression } from '#expression/delimiters.ts';
import { errorsAgainst, type SchemaError } from './json-schema.ts';

/** What is wrong with arguments, as far as it can be told before expressions are evaluated. */
export type ArgumentFault =
  | { readonly kind: 'missing' | 'unknown'; readonly path: DocumentPath; readonly name: string }
  | { readonly kind: 'unfit'; readonly path: DocumentPath; readonly message: string };

/** What a command's arguments have not as its schema demands. Expressions are taken to fit. */
export function argumentFaults(schema: JsonObject, values: JsonObject): ArgumentFault[] {
  return errorsAgainst(schema, values)
    .filter((error) => isCertain(error, values))
    .map(toFault);
}

/** Errors in keys are certain, and errors in values when there is no expression in them. */
function isCertain({ path, error }: SchemaError, values: JsonObject): boolean {
  const isConditional = /\/(?:anyOf|oneOf|not|if|then|else|contains)\b/.test(error.schemaPath);
  if (!isConditional && (error.keyword === 'required' || error.keyword === 'additionalProperties'))
    return true;
  return !holdsExpression(isConditional ? values : valueAt(values, path));
}

function holdsExpression(value: Json | undefined): boolean {
  if (typeof value === 'string') return readExpression(value) !== undefined;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsExpression);
}

function toFault({ path, message, error: { keyword, params } }: SchemaError): ArgumentFault {
  if (keyword === 'required') return { kind: 'missing', path, name: String(params['missingProperty']) };
  if (keyword === 'additionalProperties') {
    return { kind: 'unknown', path, name: String(params['additionalProperty']) };
  }
  return { kind: 'unfit', path, message };
}
