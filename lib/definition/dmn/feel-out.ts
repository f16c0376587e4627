import type { Json } from '#core/json.ts';
import { readExpression } from '#expression/delimiters.ts';
import { ExpressionSyntaxError, parseExpression } from '#expression/parse.ts';
import type { SyntaxNode } from '#expression/syntax-node.ts';

/** What expressions may read: by the path of JSONata up to its first field, the name in FEEL. */
export type FeelNames = ReadonlyMap<string, string>;

/** Why an expression cannot be said in FEEL. */
export class Unsayable extends Error {}

/** A value, with expressions in it, as FEEL. Throws {@link Unsayable}. */
export function feelOf(value: Json, names: FeelNames): string {
  if (typeof value === 'string') {
    const expression = readExpression(value);
    return expression === undefined ? JSON.stringify(value) : feelOfExpression(expression.text, names);
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each: Json) => feelOf(each, names)).join(', ')}]`;
  const fields = Object.entries(value).map(
    ([name, field]) => `${JSON.stringify(name)}: ${feelOf(field, names)}`,
  );
  return `{${fields.join(', ')}}`;
}

/** An expression of JSONata as FEEL. Throws {@link Unsayable}. */
export function feelOfExpression(text: string, names: FeelNames): string {
  try {
    return write(parseExpression(text).tree, names).text;
  } catch (error) {
    if (error instanceof ExpressionSyntaxError) throw new Unsayable(error.message);
    throw error;
  }
}

interface Written {
  readonly text: string;
  readonly isAtom: boolean;
}

const OPERATORS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ...['+', '-', '*', '/', '=', '!=', '<', '<=', '>', '>=', 'and', 'or'].map((each): [unknown, string] => [
    each,
    each,
  ]),
  ['&', '+'],
]);
const FUNCTIONS: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ['not', 'not'],
  ['abs', 'abs'],
  ['floor', 'floor'],
  ['ceil', 'ceiling'],
  ['length', 'string length'],
  ['uppercase', 'upper case'],
  ['lowercase', 'lower case'],
  ['contains', 'contains'],
]);

function write(node: SyntaxNode, names: FeelNames): Written {
  if (node.predicate !== undefined || node.stages !== undefined || node.group !== undefined)
    throw unsayable(node);
  switch (node.type) {
    case 'number':
    case 'string':
    case 'value':
      return { text: JSON.stringify(node.value), isAtom: true };
    case 'block':
      return only(node, names);
    case 'variable':
    case 'path':
      return { text: pathOf(node, names), isAtom: true };
    case 'unary':
      if (node.value === '-' && node.expression !== undefined)
        return { text: `-${bracketed(write(node.expression, names))}`, isAtom: false };
      throw unsayable(node);
    case 'binary':
      return binary(node, names);
    case 'condition':
      return conditional(node, names);
    case 'function':
      return call(node, names);
    default:
      throw unsayable(node);
  }
}

function only(node: SyntaxNode, names: FeelNames): Written {
  const [inner, ...others] = node.expressions ?? [];
  if (inner === undefined || others.length > 0) throw unsayable(node);
  return write(inner, names);
}

function bracketed({ text, isAtom }: Written): string {
  return isAtom ? text : `(${text})`;
}

function pathOf(node: SyntaxNode, names: FeelNames): string {
  const steps = node.type === 'variable' ? [node] : (node.steps ?? []);
  const [root, first, ...others] = steps.map(({ value }) => String(value));
  const isPlain = steps.every(({ type, predicate, stages }, index) => {
    return type === (index === 0 ? 'variable' : 'name') && predicate === undefined && stages === undefined;
  });
  const known = names.get(first === undefined ? `$${root}` : `$${root}.${first}`);
  if (isPlain && known !== undefined) return [known, ...others].join('.');
  const whole = names.get(`$${root}`);
  if (isPlain && whole !== undefined && first !== undefined) return [whole, first, ...others].join('.');
  throw unsayable(node);
}

function binary(node: SyntaxNode, names: FeelNames): Written {
  const { value, lhs, rhs } = node;
  const operator = OPERATORS.get(value);
  if (
    operator === undefined ||
    lhs === undefined ||
    rhs === undefined ||
    !('type' in lhs) ||
    !('type' in rhs)
  )
    throw unsayable(node);
  if (value === '&' && ![lhs, rhs].some(({ type }) => type === 'string')) throw unsayable(node);
  const tested =
    value === '=' && lhs.type === 'function' && lhs.procedure?.value === 'type'
      ? lhs.arguments?.[0]
      : undefined;
  if (tested !== undefined && ['number', 'string', 'boolean'].includes(String(rhs.value)))
    return { text: `${bracketed(write(tested, names))} instance of ${String(rhs.value)}`, isAtom: false };
  const [left, right] = [bracketed(write(lhs, names)), bracketed(write(rhs, names))];
  return { text: `${left} ${operator} ${right}`, isAtom: false };
}

function conditional(node: SyntaxNode, names: FeelNames): Written {
  const { condition, then: yes, else: no } = node;
  if (condition === undefined || yes === undefined) throw unsayable(node);
  const otherwise = no === undefined ? 'null' : write(no, names).text;
  return {
    text: `if ${write(condition, names).text} then ${write(yes, names).text} else ${otherwise}`,
    isAtom: false,
  };
}

function call(node: SyntaxNode, names: FeelNames): Written {
  const given = (node.arguments ?? []).map((each) => write(each, names));
  const [base, exponent] = given;
  if (node.procedure?.value === 'power' && base !== undefined && exponent !== undefined)
    return { text: `${bracketed(base)} ** ${bracketed(exponent)}`, isAtom: false };
  const name = FUNCTIONS.get(node.procedure?.value);
  if (name === undefined) throw unsayable(node);
  return { text: `${name}(${given.map(({ text }) => text).join(', ')})`, isAtom: true };
}

function unsayable({ type, value, procedure }: SyntaxNode): Unsayable {
  const what =
    procedure === undefined
      ? typeof value === 'string'
        ? `"${value}"`
        : `a ${type}`
      : `$${procedure.value}`;
  return new Unsayable(`FEEL has no word for ${what} in an expression`);
}
