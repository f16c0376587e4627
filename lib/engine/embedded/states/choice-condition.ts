import { assertNever } from '#core/assert-never.ts';
import type { Json } from '#core/json.ts';
import { JsonPathError } from '#expression/json-path/path-error.ts';
import { PathNotFound, type PathScope, resolveReference } from '#expression/json-path/reference.ts';
import type { Condition, DataTest, Operand, Order } from '../choice-rule.ts';
import { StateFault } from '../failure.ts';
import { compareTimestamps, parseTimestamp } from '../timestamp.ts';

/**
 * Whether a condition in JSONPath holds. A value of another type than the comparison is for gives false; a path that leads
 * nowhere fails the state, but for IsPresent.
 */
export function holds(condition: Condition, scope: PathScope): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.of.every((part) => holds(part, scope));
    case 'or':
      return condition.of.some((part) => holds(part, scope));
    case 'not':
      return !holds(condition.of, scope);
    case 'test':
      return passes(condition.test, condition.variable, scope);
    default:
      return assertNever(condition);
  }
}

function passes(test: DataTest, variable: string, scope: PathScope): boolean {
  if (test.test === 'IsPresent') return isThere(variable, scope) === test.expected;
  const value = valueAt(variable, scope);
  switch (test.test) {
    case 'order':
      return stands(test, value, operandOf(test.operand, scope));
    case 'boolean':
      return typeof value === 'boolean' && value === operandOf(test.operand, scope);
    case 'matches':
      return typeof value === 'string' && matchesPattern(value, operandOf(test.operand, scope));
    default:
      return isOfKind(test.test, value) === test.expected;
  }
}

function isOfKind(
  kind: Exclude<DataTest['test'], 'order' | 'boolean' | 'matches' | 'IsPresent'>,
  value: Json,
): boolean {
  switch (kind) {
    case 'IsNull':
      return value === null;
    case 'IsNumeric':
      return typeof value === 'number';
    case 'IsString':
      return typeof value === 'string';
    case 'IsBoolean':
      return typeof value === 'boolean';
    case 'IsTimestamp':
      return typeof value === 'string' && parseTimestamp(value) !== undefined;
    default:
      return assertNever(kind);
  }
}

function stands({ kind, order }: Extract<DataTest, { test: 'order' }>, left: Json, right: Json): boolean {
  if (kind === 'Numeric')
    return typeof left === 'number' && typeof right === 'number' && inOrder(order, left - right);
  if (typeof left !== 'string' || typeof right !== 'string') return false;
  if (kind === 'String') return inOrder(order, left < right ? -1 : Number(left > right));
  const [first, second] = [parseTimestamp(left), parseTimestamp(right)];
  return first !== undefined && second !== undefined && inOrder(order, compareTimestamps(first, second));
}

function inOrder(order: Order, difference: number): boolean {
  switch (order) {
    case 'Equals':
      return difference === 0;
    case 'LessThan':
      return difference < 0;
    case 'GreaterThan':
      return difference > 0;
    case 'LessThanEquals':
      return difference <= 0;
    case 'GreaterThanEquals':
      return difference >= 0;
    default:
      return assertNever(order);
  }
}

/** `*` stands for any characters, `\*` for an asterisk and `\\` for a backslash. In linear time, whatever the pattern. */
function matchesPattern(text: string, pattern: Json): boolean {
  if (typeof pattern !== 'string') return false;
  const parts = [''];
  for (const [, escaped, star, other] of pattern.matchAll(/\\([*\\])|(\*)|(.)/gs)) {
    if (star !== undefined) parts.push('');
    else parts.push((parts.pop() ?? '') + (escaped ?? other ?? ''));
  }
  const [first = '', ...rest] = parts;
  const last = rest.pop();
  if (last === undefined) return text === first;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length)
    return false;
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at <= text.length - last.length;
}

function operandOf(operand: Operand, scope: PathScope): Json {
  return 'path' in operand ? valueAt(operand.path, scope) : operand.value;
}

function isThere(path: string, scope: PathScope): boolean {
  try {
    const value = resolveReference(path, scope);
    return !(Array.isArray(value) && value.length === 0 && isIndefinite(path));
  } catch (error) {
    if (error instanceof PathNotFound) return false;
    throw faultAt(path, error);
  }
}

/** A path that may find several values finds a list of none where there are none. */
function isIndefinite(path: string): boolean {
  return /\*|\.\.|\[\?|:/.test(path);
}

function valueAt(path: string, scope: PathScope): Json {
  try {
    return resolveReference(path, scope);
  } catch (error) {
    throw faultAt(path, error);
  }
}

function faultAt(path: string, error: unknown): unknown {
  if (!(error instanceof PathNotFound || error instanceof JsonPathError)) return error;
  const reason = `Invalid path '${path}': The choice state's condition path references an invalid value.`;
  return new StateFault('States.Runtime', reason, { cause: error });
}
