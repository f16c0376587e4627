import * as z from 'zod';
import { isJsonObject, type Json, type JsonObject, JsonSchema } from '#core/json.ts';

/** What a Choice state in JSONPath asks of a value (States Language specification, "Choice State", "Data-test expression"). */
export const ORDERS = ['Equals', 'LessThan', 'GreaterThan', 'LessThanEquals', 'GreaterThanEquals'] as const;
const KINDS = ['String', 'Numeric', 'Timestamp'] as const;
/** Tests of what is there; their operand says whether it is to be so. */
const PRESENCES = ['IsNull', 'IsPresent', 'IsNumeric', 'IsString', 'IsBoolean', 'IsTimestamp'] as const;

/** How two values are to stand to each other. */
export type Order = (typeof ORDERS)[number];

/** One test of the value at `variable`. */
export type DataTest =
  | {
      readonly test: 'order';
      readonly kind: (typeof KINDS)[number];
      readonly order: Order;
      readonly operand: Operand;
    }
  | { readonly test: 'boolean'; readonly operand: Operand }
  | { readonly test: 'matches'; readonly operand: Operand }
  | { readonly test: (typeof PRESENCES)[number]; readonly expected: boolean };

/** A constant, or what is at a path. */
export type Operand = { readonly value: Json } | { readonly path: string };

/** A condition of a Choice state in JSONPath. */
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'test'; readonly variable: string; readonly test: DataTest };

/** Deepest nesting of And, Or and Not. */
const MAX_DEPTH = 100;

const NextSchema = z.string().optional();
const RuleSchema = z.looseObject({
  Next: NextSchema,
  Comment: z.string().optional(),
  Condition: z.union([z.string(), z.boolean()]).optional(),
  Output: JsonSchema.optional(),
  Assign: z.record(z.string(), JsonSchema).optional(),
});

/** One rule of a Choice state: a JSONata condition, or a tree of tests. */
export const ChoiceRuleSchema = RuleSchema.transform((rule, context) => {
  const { Next, Comment: _comment, Condition, Output, Assign, ...rest } = rule;
  const fault = (message: string, path: readonly (string | number)[] = []): typeof z.NEVER => {
    context.addIssue({ code: 'custom', message, path: [...path] });
    return z.NEVER;
  };
  if (Next === undefined) return fault("The field 'Next' is required but was missing");
  const taken = { Next, Output, Assign };
  if (Condition !== undefined) {
    const [other] = Object.keys(rest);
    return other === undefined
      ? { ...taken, Condition }
      : fault(`Field '${other}' is not supported beside 'Condition'`);
  }
  const read = readCondition(z.record(z.string(), JsonSchema).parse(rest), []);
  return 'fault' in read ? fault(read.fault, read.path) : { ...taken, condition: read.condition };
});

type Read =
  | { readonly condition: Condition }
  | { readonly fault: string; readonly path: readonly (string | number)[] };

function readCondition(rule: JsonObject, path: readonly (string | number)[]): Read {
  if (path.length > 2 * MAX_DEPTH)
    return { fault: `conditions are nested more than ${MAX_DEPTH} deep`, path };
  const { Comment: _comment, ...fields } = rule;
  const names = Object.keys(fields);
  if (names.includes('Next') || names.includes('Assign')) {
    return { fault: 'Next and Assign belong to the whole rule, not to a condition in it', path };
  }
  if (names.includes('Variable')) return readTest(fields, path);
  const [name, ...others] = names;
  if (name === undefined || others.length > 0 || (name !== 'And' && name !== 'Or' && name !== 'Not')) {
    return { fault: "a rule has 'Condition', 'And', 'Or', 'Not', or 'Variable' and one comparison", path };
  }
  const value = fields[name] ?? null;
  if (name === 'Not') {
    const read = readNested(value, [...path, name]);
    return 'fault' in read ? read : { condition: { kind: 'not', of: read.condition } };
  }
  return readAll(name, value, path);
}

function readAll(name: 'And' | 'Or', value: Json, path: readonly (string | number)[]): Read {
  if (!Array.isArray(value) || value.length === 0)
    return { fault: `'${name}' takes a list of conditions`, path };
  const conditions: Condition[] = [];
  for (const [index, entry] of value.entries()) {
    const read = readNested(entry, [...path, name, index]);
    if ('fault' in read) return read;
    conditions.push(read.condition);
  }
  return { condition: { kind: name === 'And' ? 'and' : 'or', of: conditions } };
}

function readNested(value: Json, path: readonly (string | number)[]): Read {
  return isJsonObject(value) ? readCondition(value, path) : { fault: 'a condition is an object', path };
}

function readTest({ Variable, ...comparisons }: JsonObject, path: readonly (string | number)[]): Read {
  if (typeof Variable !== 'string') return { fault: "'Variable' is a path", path: [...path, 'Variable'] };
  const [entry, ...others] = Object.entries(comparisons);
  if (entry === undefined || others.length > 0) {
    return { fault: `'Variable' takes one comparison, not ${Object.keys(comparisons).length}`, path };
  }
  const test = dataTest(...entry);
  return typeof test === 'string'
    ? { fault: test, path: [...path, entry[0]] }
    : { condition: { kind: 'test', variable: Variable, test } };
}

/** The test of this name, or why it is none. */
function dataTest(name: string, value: Json): DataTest | string {
  const presence = PRESENCES.find((known) => known === name);
  if (presence !== undefined) {
    return typeof value === 'boolean' ? { test: presence, expected: value } : `'${name}' is true or false`;
  }
  const comparison = comparisonOf(name.replace(/Path$/, ''));
  if (comparison === undefined || name === 'StringMatchesPath') return `Field '${name}' is not supported`;
  const { type, ...test } = comparison;
  if (name.endsWith('Path')) {
    return typeof value === 'string' ? { ...test, operand: { path: value } } : `'${name}' is a path`;
  }
  return typeof value === type ? { ...test, operand: { value } } : `'${name}' is a ${type}`;
}

type Comparison = (
  | { readonly test: 'order'; readonly kind: (typeof KINDS)[number]; readonly order: Order }
  | { readonly test: 'boolean' | 'matches' }
) & { readonly type: 'string' | 'number' | 'boolean' };

function comparisonOf(operator: string): Comparison | undefined {
  if (operator === 'StringMatches') return { test: 'matches', type: 'string' };
  if (operator === 'BooleanEquals') return { test: 'boolean', type: 'boolean' };
  for (const kind of KINDS) {
    const order = ORDERS.find((known) => operator === `${kind}${known}`);
    if (order !== undefined)
      return { test: 'order', kind, order, type: kind === 'Numeric' ? 'number' : 'string' };
  }
  return undefined;
}
