import { isJsonObject, type Json } from '#core/json.ts';
import { readExpression } from '#expression/delimiters.ts';
import { parseExpression } from '#expression/parse.ts';
import type { SyntaxNode } from '#expression/syntax-node.ts';
import type { Workflow } from '../model.ts';

/**
 * What can be told of a value without computing it: an object with its fields, or something that comes of a text. Two of the
 * same text are computed alike, however they are written.
 */
export type OutputShape =
  | { readonly kind: 'object'; readonly fields: ReadonlyMap<string, OutputShape> }
  | { readonly kind: 'value'; readonly text: string };

/** The shape of what an execution gives. */
export function outputShape({ output, steps }: Pick<Workflow, 'output' | 'steps'>): OutputShape {
  if (output !== undefined) return shapeOfJson(output);
  return objectOf(steps.map(({ id }) => [id, shapeOfExpression(`$${id}`)]));
}

/** A value that may be, or hold, expressions. */
function shapeOfJson(value: Json): OutputShape {
  if (isJsonObject(value))
    return objectOf(Object.entries(value).map(([key, part]) => [key, shapeOfJson(part)]));
  const expression = typeof value === 'string' ? readExpression(value) : undefined;
  return expression === undefined ? textOf(JSON.stringify(value)) : shapeOfExpression(expression.text);
}

function shapeOfExpression(text: string): OutputShape {
  try {
    return shapeOfNode(parseExpression(text).tree);
  } catch {
    // Validation tells what is wrong with it.
    return textOf(text);
  }
}

/** An object that is written out, such as `{ 'updated': $count($rollout) }`, has the fields that it names. */
function shapeOfNode(node: SyntaxNode): OutputShape {
  const pairs = node.type === 'unary' && node.value === '{' ? sidesOf(node.lhs).map(readPair) : [undefined];
  return pairs.every((pair) => pair !== undefined) ? objectOf(pairs) : textOf(canonicalText(node));
}

type Sides = Extract<NonNullable<SyntaxNode['lhs']>, readonly unknown[]>;

function sidesOf(side: SyntaxNode['lhs']): Sides {
  return Array.isArray(side) ? side : [];
}

function readPair(pair: Sides[number]): readonly [string, OutputShape] | undefined {
  const [key, value] = Array.isArray(pair) ? pair : [];
  return key?.type === 'string' && value !== undefined ? [String(key.value), shapeOfNode(value)] : undefined;
}

/** A part of an expression, wherever it stands. */
function canonicalText(node: SyntaxNode): string {
  return JSON.stringify(node, (key, value: unknown) => {
    if (key === 'position') return undefined;
    return value instanceof RegExp ? String(value) : value;
  });
}

function objectOf(entries: Iterable<readonly [string, OutputShape]>): OutputShape {
  return { kind: 'object', fields: new Map(entries) };
}

function textOf(text: string): OutputShape {
  return { kind: 'value', text };
}
