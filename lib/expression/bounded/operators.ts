/** A node of jsonata's tree, as far as it is looked at. */
interface Node {
  type?: unknown;
  value?: unknown;
  [part: string]: unknown;
}

/** More `&` than this in one expression can make a long text by themselves. */
const FEW = 32;

/**
 * Puts the bounded functions in the place of what builds up texts, lists and objects. That is needed only where an expression
 * can do it again and again: where it has variables or functions of its own. All others stay as they are, and as fast.
 */
export function boundOperators(tree: object): void {
  const nodes = nodesOf(tree);
  const canBuildUp = nodes.some(({ type }) => REPEATS.has(type));
  const fixed = fixedNodes(nodes);
  const free = nodes.filter((node) => !fixed.has(node));
  const concats = free.filter(({ type, value }) => type === 'binary' && value === '&');
  const makers = canBuildUp ? free.filter(makesSomething) : [];
  if (canBuildUp || concats.length > FEW)
    for (const node of concats) call(node, '&', [node['lhs'], node['rhs']]);
  for (const node of makers) call(node, '[]', [{ ...node }]);
}

/** What lets an expression do something again and again. */
const REPEATS: ReadonlySet<unknown> = new Set(['lambda', 'bind', 'partial', 'transform']);

/** Nodes whose kind matters to what they are part of. What that makes is looked at as a whole. */
function fixedNodes(nodes: readonly Node[]): ReadonlySet<unknown> {
  const fixed = new Set<unknown>();
  for (const { type, value, steps, expressions, rhs, procedure } of nodes) {
    if (type === 'path' && Array.isArray(steps)) for (const step of steps) fixed.add(step);
    if (type === 'unary' && value === '[' && Array.isArray(expressions))
      for (const part of expressions) fixed.add(part);
    if (type === 'apply') fixed.add(rhs);
    if (type === 'function') fixed.add(procedure);
  }
  return fixed;
}

/** Lists, objects, and paths with more than names in them. */
function makesSomething({ type, value, steps, group, expressions, lhs }: Node): boolean {
  if (group !== undefined) return true;
  if (type === 'unary' && (value === '[' || value === '{'))
    return partsOf({ type, value, expressions, lhs }) > 1;
  return type === 'path' && Array.isArray(steps) && steps.some((step) => isNode(step) && !isName(step));
}

/** How many values that are not written in it a list or object takes in: with one alone, it grows step by step. A range is many. */
function partsOf(node: unknown): number {
  if (!isNode(node)) return 0;
  const { type, value, expressions, lhs } = node;
  if (type === 'string' || type === 'number' || type === 'value') return 0;
  if (type === 'binary' && value === '..') return 2;
  const parts = type !== 'unary' ? undefined : value === '[' ? expressions : value === '{' ? lhs : undefined;
  if (!Array.isArray(parts)) return 1;
  return parts.flat().reduce<number>((sum, part) => sum + partsOf(part), 0);
}

function isName({ type }: Node): boolean {
  return type === 'name' || type === 'variable';
}

/** Makes a node a call of a function. */
function call(node: Node, name: string, args: readonly unknown[]): void {
  const { position } = node;
  for (const key of Object.keys(node)) delete node[key];
  Object.assign(node, {
    ...{ type: 'function', value: '(', position, arguments: args },
    procedure: { type: 'variable', value: name, position },
  });
}

function nodesOf(tree: object): Node[] {
  const found: Node[] = [];
  const seen = new Set<object>();
  const open: unknown[] = [tree];
  for (let next = open.pop(); open.length > 0 || next !== undefined; next = open.pop()) {
    if (!isNode(next) || seen.has(next)) continue;
    seen.add(next);
    if (typeof next.type === 'string') found.push(next);
    open.push(...Object.values(next));
  }
  return found;
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}
