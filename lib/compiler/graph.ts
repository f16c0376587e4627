import type { Step } from '#definition/model.ts';

/** What must end before what, in one list of steps. */
export interface Graph {
  /** Ids of the steps, in document order. */
  readonly nodes: readonly string[];
  /** Of each step, the ones it directly waits for. */
  readonly predecessors: ReadonlyMap<string, readonly string[]>;
}

/**
 * The graph of a list of steps. Without any `needs`, each step waits for the one before it; with one, a step waits for
 * what it needs, whatever outcome it asks for. Throws for a need that names no step of the list: validation refuses it.
 */
export function graphOf(steps: readonly Step[]): Graph {
  const nodes = steps.map(({ id }) => id);
  const sequential = isSequence(steps);
  const predecessors = new Map(
    steps.map((step, index) => {
      const direct = sequential ? nodes.slice(Math.max(0, index - 1), index) : neededBy(step);
      return [step.id, direct] as const;
    }),
  );
  for (const needed of [...predecessors.values()].flat()) {
    if (!predecessors.has(needed)) throw new Error(`"${needed}" is needed, but is no step of the list`);
  }
  return { nodes, predecessors };
}

/** Whether the steps of a list run one after the other because none says what it needs. */
export function isSequence(steps: readonly Step[]): boolean {
  return steps.every(({ needs }) => needs === undefined);
}

function neededBy(step: Step): readonly string[] {
  return [...new Set((step.needs ?? []).map((need) => need.step))];
}

/** The steps, each after all it waits for, else in document order. Throws for a cycle: validation refuses it. */
export function topologicalOrder(graph: Graph): readonly string[] {
  const done = new Set<string>();
  const open = new Set<string>();
  const visit = (node: string): void => {
    if (done.has(node)) return;
    if (open.has(node)) throw new Error(`"${node}" waits for itself`);
    open.add(node);
    for (const before of graph.predecessors.get(node) ?? []) visit(before);
    done.add(node);
  };
  for (const node of graph.nodes) visit(node);
  return [...done];
}

/** Of each step, all that end before it starts, directly or not. */
export function ancestorsOf(graph: Graph): ReadonlyMap<string, ReadonlySet<string>> {
  const ancestors = new Map<string, ReadonlySet<string>>();
  for (const node of topologicalOrder(graph)) {
    const found = new Set<string>();
    for (const before of graph.predecessors.get(node) ?? []) {
      found.add(before);
      for (const further of ancestors.get(before) ?? []) found.add(further);
    }
    ancestors.set(node, found);
  }
  return ancestors;
}
