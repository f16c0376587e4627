import { isJsonObject, type Json, type JsonObject } from '#core/json.ts';
import type { SyntaxNode } from '#expression/syntax-node.ts';

/** What an expression of a decision sees, by name without `$`. */
export type Names = Readonly<Record<string, Json | undefined>>;

/** An expression as a plain function. Throws {@link NOT_PLAIN} for values of which only JSONata knows what comes out. */
export type Native = (names: Names) => Json | undefined;

/** Thrown where an operand is of a type that makes JSONata fail, or that it treats in a way of its own, such as a list. */
export const NOT_PLAIN: unique symbol = Symbol('not plain');

/**
 * An expression of comparisons, arithmetic and conditions over plain fields as a function that gives what JSONata gives,
 * some hundred times as fast; undefined for any other. `lib/expression` evaluates those, and this one where it throws.
 */
export function toNative(node: SyntaxNode): Native | undefined {
  if (node.predicate !== undefined || node.stages !== undefined || node.group !== undefined) return undefined;
  switch (node.type) {
    case 'number':
    case 'string':
    case 'value':
      return constant(node.value);
    case 'variable':
      return path(String(node.value), []);
    case 'path':
      return pathOf(node.steps ?? []);
    case 'unary':
      return unary(node);
    case 'binary':
      return binary(node);
    case 'condition':
      return condition(node);
    case 'block':
      return node.expressions?.length === 1 && node.expressions[0] !== undefined
        ? toNative(node.expressions[0])
        : undefined;
    case 'function':
      return call(node);
    default:
      return undefined;
  }
}

function constant(value: unknown): Native | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return () => value;
    case 'number': {
      // JSON has no negative zero.
      const number = value + 0;
      return () => number;
    }
    default:
      return value === null ? () => null : undefined;
  }
}

function pathOf([first, ...others]: readonly SyntaxNode[]): Native | undefined {
  if (first?.type !== 'variable' || others.some((step) => !isPlainName(step)) || !isPlainName(first))
    return undefined;
  return path(
    String(first.value),
    others.map(({ value }) => String(value)),
  );
}

function isPlainName({ type, predicate, stages, focus, index, group }: SyntaxNode): boolean {
  const isName = type === 'name' || type === 'variable';
  return isName && [predicate, stages, focus, index, group].every((part) => part === undefined);
}

/** A list is flattened on the way, and one of a single value becomes it: that is left to JSONata. */
function path(name: string, fields: readonly string[]): Native | undefined {
  if (name === '' || name === '$') return undefined;
  const [field] = fields;
  if (field === undefined) return (names) => plain(names[name]);
  if (fields.length === 1) return (names) => plain(fieldOf(names[name], field));
  return (names) => {
    let value = names[name];
    for (const each of fields) value = plain(fieldOf(value, each));
    return value;
  };
}

function fieldOf(value: Json | undefined, field: string): Json | undefined {
  if (Array.isArray(value)) throw NOT_PLAIN;
  return isJsonObject(value) && Object.hasOwn(value, field) ? value[field] : undefined;
}

function plain(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) throw NOT_PLAIN;
  return value;
}

function unary({ value, expression, expressions }: SyntaxNode): Native | undefined {
  if (value === '[') return list(expressions ?? []);
  const operand = value === '-' && expression !== undefined ? toNative(expression) : undefined;
  if (operand === undefined) return undefined;
  return (names) => {
    const number = operand(names);
    if (number === undefined) return undefined;
    if (typeof number !== 'number') throw NOT_PLAIN;
    return 0 - number;
  };
}

/** A list of texts and numbers that are written down. */
function list(expressions: readonly SyntaxNode[]): Native | undefined {
  const values = expressions.map(({ type, value }) =>
    type === 'string' || type === 'number' ? constant(value)?.({}) : undefined,
  );
  const known = values.filter((value) => value !== undefined);
  return known.length === values.length ? () => known : undefined;
}

type Operation = (left: Json | undefined, right: Json | undefined) => Json | undefined;

function binary({ value, lhs, rhs }: SyntaxNode): Native | undefined {
  if (lhs === undefined || rhs === undefined || !('type' in lhs) || !('type' in rhs)) return undefined;
  const [left, right] = [toNative(lhs), toNative(rhs)];
  if (left === undefined || right === undefined) return undefined;
  if (value === 'and') return (names) => truth(left(names)) && truth(right(names));
  if (value === 'or') return (names) => truth(left(names)) || truth(right(names));
  const operation = OPERATIONS.get(String(value));
  return operation && ((names) => operation(left(names), right(names)));
}

/** What is nothing counts as false; of other values, JSONata has rules of its own. */
function truth(value: Json | undefined): boolean {
  if (typeof value === 'boolean') return value;
  if (value === undefined) return false;
  throw NOT_PLAIN;
}

const OPERATIONS: ReadonlyMap<string, Operation> = new Map<string, Operation>([
  ['=', (left, right) => isSame(left, right)],
  ['!=', (left, right) => left !== undefined && right !== undefined && !isSame(left, right)],
  ['<', ordered((left, right) => left < right)],
  ['<=', ordered((left, right) => left <= right)],
  ['>', ordered((left, right) => left > right)],
  ['>=', ordered((left, right) => left >= right)],
  ['+', arithmetic((left, right) => left + right)],
  ['-', arithmetic((left, right) => left - right)],
  ['*', arithmetic((left, right) => left * right)],
  ['/', arithmetic((left, right) => left / right)],
  ['%', arithmetic((left, right) => left % right)],
  ['&', (left, right) => textOf(left) + textOf(right)],
  ['in', (left, right) => left !== undefined && right !== undefined && isIn(left, right)],
]);

function isSame(left: Json | undefined, right: Json | undefined): boolean {
  if (left === undefined || right === undefined) return false;
  if (isComposite(left) || isComposite(right)) throw NOT_PLAIN;
  return left === right;
}

function isComposite(value: Json): value is readonly Json[] | JsonObject {
  return typeof value === 'object' && value !== null;
}

function isIn(value: Json, values: Json): boolean {
  if (isComposite(value)) throw NOT_PLAIN;
  return Array.isArray(values) ? values.includes(value) : isSame(value, values);
}

function ordered(compare: (left: number | string, right: number | string) => boolean): Operation {
  return (left, right) => {
    if (typeof left === 'number' && typeof right === 'number') return compare(left, right);
    if (typeof left === 'string' && typeof right === 'string') return compare(left, right);
    throw NOT_PLAIN;
  };
}

function arithmetic(calculate: (left: number, right: number) => number): Operation {
  return (left, right) => {
    if (typeof left !== 'number' || typeof right !== 'number') throw NOT_PLAIN;
    const result = calculate(left, right);
    if (!Number.isFinite(result)) throw NOT_PLAIN;
    // JSON has no negative zero.
    return result + 0;
  };
}

function textOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  if (value === undefined) return '';
  throw NOT_PLAIN;
}

function condition({ condition: asked, then, else: otherwise }: SyntaxNode): Native | undefined {
  const test = asked && toNative(asked);
  const [yes, no] = [then && toNative(then), otherwise && toNative(otherwise)];
  if (test === undefined || yes === undefined || (otherwise !== undefined && no === undefined))
    return undefined;
  return (names) => (truth(test(names)) ? yes(names) : no?.(names));
}

function call({ procedure, arguments: operands = [] }: SyntaxNode): Native | undefined {
  const [operand, ...others] = operands.map(toNative);
  if (procedure?.type !== 'variable' || operand === undefined || others.length > 0) return undefined;
  switch (procedure.value) {
    case 'exists':
      return (names) => operand(names) !== undefined;
    case 'not':
      return (names) => {
        const value = operand(names);
        return value === undefined ? undefined : !truth(value);
      };
    default:
      return undefined;
  }
}
