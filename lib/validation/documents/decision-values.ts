import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { DecisionFile } from '#definition/decision/decision.ts';
import type { DocumentPath } from '#definition/document-path.ts';
import { readExpression } from '#expression/delimiters.ts';
import { errorsAgainst } from '../json-schema.ts';
import type { Report } from '../report.ts';
import { checkExpressions, type Names } from './expressions.ts';
import { checkKnownKeys } from './known-names.ts';

/** A decision that is looked at, what its expressions may read, and whom is told. */
export interface Decision {
  readonly file: DecisionFile;
  readonly names: Names;
  readonly report: Report;
}

/** The inputs or the outputs of a decision. */
export interface Types {
  /** `input` or `output`. */
  readonly kind: string;
  readonly types: Readonly<Record<string, JsonObject>>;
  readonly report: Report;
}

/** Checks what a rule or a branch gives: every output, each of its type, in expressions that read what there is. */
export function checkOutputs(given: JsonObject, path: DocumentPath, { file, names, report }: Decision): void {
  checkValues(given, path, { kind: 'output', types: file.outputs, report });
  checkExpressions(given, path, { names, report });
  const missing = Object.keys(file.outputs).filter((name) => !Object.hasOwn(given, name));
  if (missing.length === 0) return;
  report.at(path, {
    code: 'SW1815',
    message: `nothing is said of ${missing.map((name) => `"${name}"`).join(' and ')}`,
    hint: 'give every output a value, null where there is none',
  });
}

/** Checks values by the name of their input or output. */
export function checkValues(values: Json, path: DocumentPath, types: Types): void {
  if (!isJsonObject(values)) {
    const message = `values by ${types.kind} belong here`;
    types.report.at(path, { code: 'SW1814', message });
    return;
  }
  checkKnownKeys(values, path, { ...types, names: Object.keys(types.types) });
  for (const [name, value] of Object.entries(values)) checkValue(value, [...path, name], { ...types, name });
}

/** Checks one value of an input or output. What holds expressions is of no type before it is evaluated. */
export function checkValue(
  value: Json,
  path: DocumentPath,
  { kind, types, report, name }: Types & { readonly name: string },
): void {
  const schema = types[name];
  if (schema === undefined || holdsExpression(value)) return;
  const [error] = errorsAgainst(schema, value);
  if (error === undefined) return;
  const message = `this does not fit the ${kind} "${name}": it ${error.message}`;
  report.at([...path, ...error.path], { code: 'SW1814', message });
}

function holdsExpression(value: Json): boolean {
  if (typeof value === 'string') return readExpression(value) !== undefined;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsExpression);
}
