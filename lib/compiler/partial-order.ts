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

/** Parts of a set of steps such that no step of one part must wait for a step of another. */
export function independentParts(nodes: readonly string[], order: PartialOrder): string[][] {
  return components(nodes, (a, b) => order.precedes(a, b) || order.precedes(b, a));
}

/** Parts of a set of steps, in order, such that every step of a part must wait for all of the parts before it. */
export function consecutiveParts(nodes: readonly string[], order: PartialOrder): string[][] {
  const parts = components(nodes, (a, b) => !order.precedes(a, b) && !order.precedes(b, a));
  return parts.toSorted(([a = ''], [b = '']) => (order.precedes(a, b) ? -1 : 1));
}

/** Connected components; in each, and among them, the steps keep their order. */
function components(
  nodes: readonly string[],
  linked: (first: string, second: string) => boolean,
): string[][] {
  const left = new Set(nodes);
  const found: string[][] = [];
  for (const start of nodes) {
    if (!left.delete(start)) continue;
    const part = new Set([start]);
    for (const member of part) {
      for (const other of left) if (linked(member, other)) part.add(other);
      for (const taken of part) left.delete(taken);
    }
    found.push(nodes.filter((node) => part.has(node)));
  }
  return found;
}
