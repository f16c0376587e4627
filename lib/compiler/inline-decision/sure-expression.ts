import { parseExpression } from '#expression/parse.ts';
import type { SyntaxNode } from '#expression/syntax-node.ts';

/** Functions of one argument that take any value, and give the same each time. */
const FUNCTIONS: readonly unknown[] = ['boolean', 'count', 'exists', 'not', 'type'];
const OPERATORS: readonly unknown[] = ['=', '!=', 'and', 'or'];

/**
 * Whether an expression (without delimiters) fails for no values, and gives the same each time: paths, literals, equality, `and`,
 * `or`, conditionals, and a few functions. It may then stand in a state that catches nothing, and be evaluated again.
 */
export function isSure(text: string): boolean {
  // `a[]` keeps a list of one value: a mark on the tree that we do not read.
  return !/\[\s*\]/.test(text) && isSureNode(parseExpression(text).tree);
}

function isSureNode(node: SyntaxNode | undefined): boolean {
  if (node === undefined || hasMore(node)) return false;
  switch (node.type) {
    case 'string':
    case 'number':
    case 'value':
    case 'name':
    case 'variable':
      return true;
    case 'path':
      return (node.steps ?? []).every(
        (step) => (step.type === 'name' || step.type === 'variable') && !hasMore(step),
      );
    case 'binary':
      return OPERATORS.includes(node.value) && isSureSide(node.lhs) && isSureSide(node.rhs);
    case 'condition':
      return [node.condition, node.then, node.else].every(isSureNode);
    case 'block':
      return node.expressions?.length === 1 && isSureNode(node.expressions[0]);
    case 'function':
      return isSureCall(node);
    default:
      return false;
  }
}

function isSureCall({ procedure, arguments: given = [] }: SyntaxNode): boolean {
  return (
    procedure?.type === 'variable' &&
    FUNCTIONS.includes(procedure.value) &&
    given.length === 1 &&
    given.every(isSureNode)
  );
}

function isSureSide(side: SyntaxNode['lhs']): boolean {
  return side !== undefined && 'type' in side && isSureNode(side);
}

/** Filters, orders, groups and bound names. */
function hasMore({ predicate, stages, group, focus, index }: SyntaxNode): boolean {
  return [predicate, stages, group, focus, index].some((part) => part !== undefined);
}
