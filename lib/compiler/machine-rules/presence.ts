import type { SyntaxNode } from '#expression/syntax-node.ts';

/** What can be known of a value without its input: that it is none, that it is one, or which of true and false it is. */
export type Presence = 'nothing' | 'something' | 'true' | 'false' | 'unknown';

type Known = ReadonlyMap<string, Presence>;

/**
 * What an expression gives when a variable has no value. Of all else nothing is assumed, so that 'nothing' is certain.
 */
export function presenceWithout(variable: string, tree: SyntaxNode): Presence {
  return presenceOf(tree, new Map([[variable, 'nothing']]));
}

function presenceOf(node: SyntaxNode | undefined, known: Known): Presence {
  switch (node?.type) {
    case undefined:
      return 'nothing';
    case 'variable':
      return withStages(node, known.get(String(node.value)) ?? 'unknown');
    case 'path':
      return presenceOf(node.steps?.[0], known) === 'nothing' ? 'nothing' : 'unknown';
    case 'string':
    case 'number':
    case 'lambda':
    case 'regex':
      return 'something';
    case 'value':
      return node.value === true ? 'true' : node.value === false ? 'false' : 'something';
    case 'unary':
      return unary(node, known);
    case 'binary':
      return binary(node, known);
    case 'condition':
      return condition(node, known);
    case 'block':
      return block(node.expressions ?? [], known);
    case 'bind':
      return presenceOf(sideOf(node.rhs), known);
    case 'function':
      return call(node, known);
    default:
      return 'unknown';
  }
}

/** A filter may leave nothing of what is there. */
function withStages(node: SyntaxNode, presence: Presence): Presence {
  return node.predicate === undefined || presence === 'nothing' ? presence : 'unknown';
}

/** Of `-` the operand decides; arrays and objects are values, whatever is in them. */
function unary(node: SyntaxNode, known: Known): Presence {
  if (node.value !== '-') return 'something';
  return presenceOf(node.expression, known) === 'nothing' ? 'nothing' : 'unknown';
}

const ARITHMETIC_AND_ORDER = new Set(['+', '-', '*', '/', '%', '<', '<=', '>', '>=', '..']);

function binary(node: SyntaxNode, known: Known): Presence {
  const [left, right] = [presenceOf(sideOf(node.lhs), known), presenceOf(sideOf(node.rhs), known)];
  const isMissing = left === 'nothing' || right === 'nothing';
  const operator = String(node.value);
  if (operator === '&') return 'something';
  if (ARITHMETIC_AND_ORDER.has(operator)) return isMissing ? 'nothing' : 'unknown';
  if (operator === 'and') return both(truthOf(left), truthOf(right));
  if (operator === 'or') return negated(both(negated(truthOf(left)), negated(truthOf(right))));
  return isMissing ? 'false' : 'unknown';
}

type Truth = 'true' | 'false' | 'unknown';

function truthOf(presence: Presence): Truth {
  if (presence === 'nothing') return 'false';
  return presence === 'something' ? 'unknown' : presence;
}

function both(left: Truth, right: Truth): Truth {
  if (left === 'false' || right === 'false') return 'false';
  return left === 'true' && right === 'true' ? 'true' : 'unknown';
}

function negated(truth: Truth): Truth {
  if (truth === 'unknown') return 'unknown';
  return truth === 'true' ? 'false' : 'true';
}

function condition(node: SyntaxNode, known: Known): Presence {
  const truth = truthOf(presenceOf(node.condition, known));
  if (truth === 'true') return presenceOf(node.then, known);
  const otherwise = presenceOf(node.else, known);
  if (truth === 'false') return otherwise;
  return presenceOf(node.then, known) === otherwise ? otherwise : 'unknown';
}

function block(expressions: readonly SyntaxNode[], around: Known): Presence {
  const known = new Map(around);
  let last: Presence = 'nothing';
  for (const expression of expressions) {
    last = presenceOf(expression, known);
    if (expression.type === 'bind') known.set(String(sideOf(expression.lhs)?.value), last);
  }
  return last;
}

/** Functions that give a value whatever they are given. */
const ALWAYS_SOMETHING = new Set(['count', 'now', 'millis', 'uuid', 'random']);

function call(node: SyntaxNode, known: Known): Presence {
  const name = String(node.procedure?.value);
  if (ALWAYS_SOMETHING.has(name)) return 'something';
  if (name !== 'exists' && name !== 'not') return 'unknown';
  const given = presenceOf(node.arguments?.[0], known);
  if (name === 'exists') return given === 'nothing' ? 'false' : given === 'unknown' ? 'unknown' : 'true';
  return given === 'nothing' ? 'nothing' : negated(truthOf(given));
}

function sideOf(side: SyntaxNode['lhs']): SyntaxNode | undefined {
  return side !== undefined && 'type' in side ? side : undefined;
}
