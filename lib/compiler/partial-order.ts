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
  for (const { index, lasts, firsts } of splits(nodes, order)) {
    if (!lasts.every((last) => firsts.every((first) => order.precedes(last, first)))) continue;
    parts.unshift(nodes.slice(index, end));
    end = index;
  }
  return parts;
}

/** Some steps in two at an index, seen at the seam: the rest of either side stands behind these. */
interface Split {
  readonly index: number;
  /** Those of the earlier side that none of it waits for. */
  readonly lasts: readonly string[];
  /** Those of the later side that wait for none of it. */
  readonly firsts: readonly string[];
}

/** The splits of some steps, from the last index to 0. */
function* splits(nodes: readonly string[], order: PartialOrder): Generator<Split> {
  const within = new Set(nodes);
  const beforeOf = (node: string): readonly string[] =>
    (order.predecessors.get(node) ?? []).filter((before) => within.has(before));
  const waiting = new Map<string, number>();
  for (const before of nodes.flatMap(beforeOf)) waiting.set(before, (waiting.get(before) ?? 0) + 1);
  let lasts = nodes.filter((node) => !waiting.has(node));
  let firsts: string[] = [];
  for (const [index, node] of [...nodes.entries()].toReversed()) {
    for (const before of beforeOf(node)) waiting.set(before, (waiting.get(before) ?? 0) - 1);
    lasts = [
      ...lasts.filter((last) => last !== node),
      ...beforeOf(node).filter((id) => waiting.get(id) === 0),
    ];
    firsts = [...firsts.filter((first) => !beforeOf(first).includes(node)), node];
    yield { index, lasts, firsts };
  }
}
