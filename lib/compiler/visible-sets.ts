import type { Step } from '#definition/model.ts';
import { nestedLists } from '#definition/nested-lists.ts';
import { graphOf, topologicalOrder } from './graph.ts';

/** What sets variables: a `set` step, or a loop with `set` steps in it. */
export interface Setter {
  /** Variable of the machine that holds the object of what was set. */
  readonly variable: string;
  /** Names of what may be set. */
  readonly names: ReadonlySet<string>;
}

/**
 * Of each step of a list, what has set variables before it, in the order in which it ran. What is in branches of `choose`,
 * in handlers, in a `lock` and in loops counts; what is in branches of `parallel` and in iterations is their own.
 */
export function settersBefore(steps: readonly Step[]): ReadonlyMap<string, readonly Setter[]> {
  const graph = graphOf(steps);
  const byId = new Map(steps.map((step) => [step.id, step]));
  const order = topologicalOrder(graph);
  const ranks = new Map(order.map((id, index) => [id, index]));
  const upTo = new Map<string, readonly Ranked[]>();
  const before = new Map<string, readonly Setter[]>();
  for (const id of order) {
    const earlier = new Set((graph.predecessors.get(id) ?? []).flatMap((direct) => upTo.get(direct) ?? []));
    const sorted = [...earlier].toSorted((a, b) => a.rank - b.rank);
    const own = byId.get(id);
    const rank = ranks.get(id) ?? 0;
    const added = own === undefined ? [] : settersOf(own).map((setter) => ({ setter, rank }));
    upTo.set(id, [...sorted, ...added]);
    before.set(
      id,
      sorted.map(({ setter }) => setter),
    );
  }
  return before;
}

interface Ranked {
  readonly setter: Setter;
  readonly rank: number;
}

/** All that sets variables in a list, as far as they are visible after it. */
export function settersIn(steps: readonly Step[]): readonly Setter[] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  return topologicalOrder(graphOf(steps)).flatMap((id) => {
    const step = byId.get(id);
    return step === undefined ? [] : settersOf(step);
  });
}

/** What the iterations of a loop have set so far; undefined where they set nothing. */
export function loopSetter(loop: {
  readonly id: string;
  readonly steps: readonly Step[];
}): Setter | undefined {
  const names = settersIn(loop.steps).flatMap((setter) => [...setter.names]);
  return names.length === 0 ? undefined : { variable: `${loop.id}__vars`, names: new Set(names) };
}

const TRANSPARENT: readonly string[] = ['choice', 'catch', 'block'];

function settersOf(step: Step): readonly Setter[] {
  if (step.kind === 'set') return [{ variable: step.id, names: new Set(Object.keys(step.values)) }];
  const loop = step.kind === 'while' ? loopSetter(step) : undefined;
  const inside = nestedLists(step).filter(({ kind }) => TRANSPARENT.includes(kind));
  return [...(loop === undefined ? [] : [loop]), ...inside.flatMap((list) => settersIn(list.steps))];
}
