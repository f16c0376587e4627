import { nestedLists, type SetStep, type Step } from '#definition/model.ts';
import { graphOf, topologicalOrder } from './graph.ts';

/**
 * Of each step of a list, the `set` steps of the list that have run before it, in the order in which they ran. Those in
 * branches of `choose` and in handlers count; those in branches of `parallel` and in iterations are their own.
 */
export function setsBefore(steps: readonly Step[]): ReadonlyMap<string, readonly SetStep[]> {
  const graph = graphOf(steps);
  const byId = new Map(steps.map((step) => [step.id, step]));
  const order = topologicalOrder(graph);
  const ranks = new Map(order.map((id, index) => [id, index]));
  const upTo = new Map<string, readonly Ranked[]>();
  const before = new Map<string, readonly SetStep[]>();
  for (const id of order) {
    const earlier = new Set((graph.predecessors.get(id) ?? []).flatMap((direct) => upTo.get(direct) ?? []));
    const sorted = [...earlier].toSorted((a, b) => a.rank - b.rank);
    const own = byId.get(id);
    const rank = ranks.get(id) ?? 0;
    upTo.set(id, [...sorted, ...(own === undefined ? [] : setsOf(own)).map((set) => ({ set, rank }))]);
    before.set(
      id,
      sorted.map(({ set }) => set),
    );
  }
  return before;
}

interface Ranked {
  readonly set: SetStep;
  readonly rank: number;
}

/** All `set` steps of a list that are visible after it. */
export function setsIn(steps: readonly Step[]): readonly SetStep[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  return topologicalOrder(graphOf(steps)).flatMap((id) => {
    const step = byId.get(id);
    return step === undefined ? [] : setsOf(step);
  });
}

function setsOf(step: Step): readonly SetStep[] {
  if (step.kind === 'set') return [step];
  const inside = nestedLists(step).filter(({ kind }) => kind === 'choice' || kind === 'catch');
  return inside.flatMap((list) => setsIn(list.steps));
}
