import type { Json, JsonObject } from '#core/json.ts';
import { literal } from '../text.ts';

/** Types of values that conditions of a Choice can compare. */
export type ScalarType = 'number' | 'string' | 'boolean' | 'null';

/** What an input of a decision may be, and the text of the condition that checks it. */
export interface CheckedInput {
  readonly types: ReadonlySet<ScalarType>;
  /** Gives true or false for any value, and for none. */
  readonly text: string;
}

/** Keywords that say nothing of the value. */
const SILENT: readonly string[] = [
  ...['type', 'enum', 'const', 'default', 'title', 'description', 'examples', 'deprecated', '$comment'],
];
const BOUNDS: Readonly<Record<string, string>> = {
  minimum: '>=',
  maximum: '<=',
  exclusiveMinimum: '>',
  exclusiveMaximum: '<',
};
const TYPES: Readonly<Record<string, ScalarType>> = {
  number: 'number',
  integer: 'number',
  string: 'string',
  boolean: 'boolean',
  null: 'null',
};

/**
 * The check of an input by its JSON Schema as a condition over a variable; a text names what cannot be checked. Operators that fail on
 * values of another type stand behind the question for the type, in a conditional, of which JSONata evaluates one side.
 */
export function inputCheck(schema: JsonObject, variable: string): CheckedInput | string {
  const other = Object.keys(schema).find((keyword) => !SILENT.includes(keyword) && !(keyword in BOUNDS));
  if (other !== undefined) return `\`${other}\``;
  const names = listed(schema['type']);
  const types = new Set(names.flatMap((name) => TYPES[String(name)] ?? []));
  if (types.size === 0 || names.some((name) => !Object.hasOwn(TYPES, String(name)))) return 'the `type`';
  const text = [...types].reduceRight((rest, type) => {
    const check = checkOf(type, schema, variable);
    return check === 'true' && rest === 'false'
      ? `$type(${variable}) = '${type}'`
      : `$type(${variable}) = '${type}' ? ${check} : ${rest}`;
  }, 'false');
  return { types, text: `(${text})` };
}

function checkOf(type: ScalarType, schema: JsonObject, variable: string): string {
  const checks = [
    ...(type === 'number' ? numberChecks(schema, variable) : []),
    ...[valuesOf(schema['enum']), schema['const'] === undefined ? undefined : [schema['const']]].flatMap(
      (values) => (values === undefined ? [] : [isOneOf(values, type, variable)]),
    ),
  ];
  return checks.length === 0 ? 'true' : checks.length === 1 ? checks.join() : `(${checks.join(' and ')})`;
}

function numberChecks(schema: JsonObject, variable: string): readonly string[] {
  const names = listed(schema['type']);
  const bounds = Object.entries(BOUNDS).flatMap(([keyword, operator]) => {
    const bound = schema[keyword];
    return typeof bound === 'number' ? [`${variable} ${operator} ${bound}`] : [];
  });
  const isWhole = names.includes('integer') && !names.includes('number');
  return isWhole ? [`$floor(${variable}) = ${variable}`, ...bounds] : bounds;
}

function isOneOf(values: readonly Json[], type: ScalarType, variable: string): string {
  const own = values.filter((value) => (value === null ? 'null' : typeof value) === type);
  if (own.length === 0) return 'false';
  return `(${own.map((value) => `${variable} = ${scalarText(value)}`).join(' or ')})`;
}

/** A value as a literal of JSONata. */
export function scalarText(value: Json): string {
  return typeof value === 'string' ? literal(value) : JSON.stringify(value);
}

function listed(value: Json | undefined): readonly Json[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? value : [value];
}

function valuesOf(value: Json | undefined): readonly Json[] | undefined {
  return Array.isArray(value) ? value : undefined;
}
