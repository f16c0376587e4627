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
  const errors = errorsAgainst(schema, values);
  const combined = errors.filter(({ error }) => COMBINING.includes(error.keyword));
  return errors
    .filter((error) => combined.includes(error) || !combined.some((outer) => isInside(error, outer)))
    .filter((error) => isCertain(error, values))
    .map(toFault);
}

/** Keywords that fail when schemas inside them do: what those say is of no use without the alternatives. */
const COMBINING = ['anyOf', 'oneOf', 'not', 'if', 'contains'];

function isInside({ path }: SchemaError, outer: SchemaError): boolean {
  return outer.path.every((part, index) => path[index] === part);
}

/** Errors in keys are certain, and errors in values when there is no expression in them. */
function isCertain({ path, error: { keyword } }: SchemaError, values: JsonObject): boolean {
  return isOfKeys(keyword) || !holdsExpression(valueAt(values, path));
}

function isOfKeys(keyword: string): boolean {
  return keyword === 'required' || keyword === 'additionalProperties';
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
