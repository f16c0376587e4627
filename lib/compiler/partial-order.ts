import { ancestorsOf, type Graph, topologicalOrder } from './graph.ts';

/** A graph with what follows from it: which steps are ordered, also by way of others. */
export interface PartialOrder {
  /** Ids, each after all that come before it. */
  readonly nodes: readonly string[];
  readonly predecessors: Graph['predecessors'];
  /** Whether the first ends before the second starts. */
  precedes(first: string, second: string): boolean;
}

/** The order that a graph demands. */
export function partialOrderOf(graph: Graph): PartialOrder {
  const ancestors = ancestorsOf(graph);
  return {
    nodes: topologicalOrder(graph),
    predecessors: graph.predecessors,
    precedes: (first, second) => ancestors.get(second)?.has(first) ?? false,
  };
}

/**
 * Parts of some steps such that no step of one part must wait for a step of another; in each, and among them, the steps
 * keep their order. With any two of the steps, those between them must be there too: so what is linked shows in the direct
 * predecessors.
 */
export function independentParts(nodes: readonly string[], order: PartialOrder): string[][] {
  const leaderOf = leadersOf(nodes, order);
  const parts = new Map<string, string[]>();
  for (const node of nodes) {
    const leader = leaderOf(node);
    const part = parts.get(leader) ?? [];
    part.push(node);
    parts.set(leader, part);
  }
  return [...parts.values()];
}

/** Tells one step of the part that a step belongs to, the same for all of the part: a union-find with halved paths. */
function leadersOf(nodes: readonly string[], { predecessors }: PartialOrder): (node: string) => string {
  const next = new Map(nodes.map((node) => [node, node]));
  const after = (node: string): string => next.get(node) ?? node;
  const leaderOf = (node: string): string => {
    let at = node;
    while (after(at) !== at) {
      next.set(at, after(after(at)));
      at = after(at);
    }
    return at;
  };
  for (const node of nodes) {
    for (const before of predecessors.get(node) ?? []) {
      if (next.has(before)) next.set(leaderOf(before), leaderOf(node));
    }
  }
  return leaderOf;
}

/**
 * Parts of some steps, in order, such that every step of a part must wait for all of the parts before it. As the steps
 * come in an order that the graph allows, each part is a stretch of them.
 */
export function consecutiveParts(nodes: readonly string[], order: PartialOrder): string[][] {
  const parts: string[][] = [];
  let end = nodes.length;
  let preceding = nodes.length;
  for (const [index, node] of [...nodes.entries()].toReversed()) {
    preceding = precedingCount(nodes, preceding, (other) => order.precedes(other, node));
    if (preceding < index) continue;
    parts.unshift(nodes.slice(index, end));
    end = index;
  }
  return parts;
}

/** How many steps from the first one on, at most `limit`, hold without a gap. */
function precedingCount(nodes: readonly string[], limit: number, holds: (node: string) => boolean): number {
  for (let count = 0; count < limit; count++) {
    if (!holds(nodes[count] ?? '')) return count;
  }
  return limit;
}
